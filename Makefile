# For those who work on the code. Everybody else: python3 manage.py demo, python3 manage.py test.
PYTHON ?= python3
PO := ispbill/locale/bn/LC_MESSAGES/django.po
PROVE ?= full
.PHONY: crashes faults release setup run test fast prove lint audit fix migrations texts styles demo shell ci

setup:  ## the environment, with everything the gate needs
	@$(PYTHON) manage.py setup

run:  ## web pages only, reloading, on the demo's servers
	@$(PYTHON) manage.py runserver

test:  ## all tests
	@$(PYTHON) manage.py test

fast:  ## all tests but the journeys in a browser
	@$(PYTHON) manage.py test --no-browser

faults:  ## the tests of docs/faults.md: what breaks, and what happens then
	@$(PYTHON) manage.py test $$(grep -o '`tests/[^`]*`' docs/faults.md | tr -d '`' | sort -u)

crashes:  ## every request of every test, broken off at its statements and sent again (CRASH=4: at four each)
	@CRASH=$${CRASH:-all} $(PYTHON) manage.py test --no-browser $(filter-out tests/accounts/ tests/architecture/ \
		tests/devtools/ tests/foreign/ tests/journeys/ tests/laws/ tests/factories/, $(wildcard tests/*/))

prove:  ## every law at its full figure (docs/proofs.md): takes hours
	@PROVE=$(PROVE) $(PYTHON) manage.py test --no-browser tests/laws tests/payments/online \
		tests/payments/debits/test_mutations.py tests/devtools/bench/test_times.py \
		-s --durations=0

lint:  ## what the gate checks before the tests
	@python=$$($(PYTHON) manage.py setup) && set -e; \
	"$$python" -m ruff format --check .; \
	"$$python" -m ruff check .; \
	"$$python" -m djlint --lint --quiet .; \
	"$$python" -c 'from importlinter.cli import lint_imports_command as main; main()'; \
	"$$python" -m mypy .

audit:  ## known holes in what we ship; says so when it could not check
	@python=$$($(PYTHON) manage.py setup) && "$$python" -m ispbill.devtools.local.advisories

fix:  ## what can be put right by itself
	@python=$$($(PYTHON) manage.py setup) && set -e; \
	"$$python" -m ruff check --fix .; \
	"$$python" -m ruff format .

release:  ## keep the demo's database and the migrations of this version, for the upgrades to come
	@python=$$($(PYTHON) manage.py setup) && "$$python" manage.py seed_demo --reset --customers 12 --leads 5 --months 2 \
		&& "$$python" manage.py keep_release

migrations:  ## write the migrations that the models ask for
	@$(PYTHON) manage.py makemigrations

texts:  ## gather what pages say, for translation, and compile it; needs gettext's tools
	@$(PYTHON) manage.py makemessages --locale bn --no-location --no-obsolete \
		--ignore '.local/*' --ignore 'tests/*' --ignore 'static/vendor/*'
	@msgattrib --clear-fuzzy --empty --no-obsolete --output-file $(PO) $(PO)
	@msgfmt --check --output-file $(PO:.po=.mo) $(PO)
	@msgattrib --untranslated --no-obsolete $(PO)

pictures:  ## take docs/pictures of the demo that runs on port 8000 anew
	@python=$$($(PYTHON) manage.py setup) && "$$python" -m ispbill.devtools.pictures

styles:  ## cut Tabler's style sheet down to what pages use; needs Node and npm
	@mkdir -p .local/styles && cp ispbill/devtools/styles/* .local/styles/
	@cd .local/styles && npm ci --ignore-scripts --no-audit --no-fund --loglevel error
	@cd .local/styles && ISPBILL_ROOT="$(CURDIR)" npm run --silent build

demo:  ## the whole product with a demo company
	@$(PYTHON) manage.py demo

shell:  ## a Python shell inside the product
	@$(PYTHON) manage.py shell

ci:  ## lint, migrations check, tests
	@.ci/run
