"""`.env.example`, the settings and docker-compose.yml say the same; a copy works as it is."""

import base64
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
SERVICES = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
READ = re.compile(r"env\.(?:text|flag|number|words|file)\(\s*\"([A-Z_]+)\"")
NAMED = re.compile(r"^#([A-Z][A-Z_]+)=(.*)$", re.MULTILINE)
READERS = ("web", "worker", "beat", "migrate")

# What compose decides itself for the processes that read the settings.
DECIDED = {
    "ISPBILL_MODE", "SECRET_KEY", "FIELD_KEYS", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS",
    "PUBLIC_URL", "BEHIND_PROXY", "MEDIA_ROOT", "DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL",
    "SAME_MACHINE",
}  # fmt: skip
FOR_THE_DATABASE_ALONE = {"POSTGRES_PASSWORD", "OWNER_PASSWORD"}
KEY = "k1:" + base64.b64encode(b"thirty-two random bytes, or so!!").decode()


def test_the_example_lists_exactly_what_is_read():
    read = set(READ.findall((ROOT / "ispbill" / "settings.py").read_text(encoding="utf-8")))

    assert {name for name, _value in NAMED.findall(EXAMPLE)} == read


_SHOWN = "import ispbill.settings as s; print(s.MODE, s.STAFF_SECOND_FACTOR, s.EMAIL_HOST)"


def _settings(
    place: Path, dotenv: str, *, shown: str = _SHOWN, **given: str
) -> subprocess.CompletedProcess[str]:
    """What the settings come to in a checkout with this .env, as `name=value` lines."""
    package = place / "ispbill"
    package.mkdir(exist_ok=True)
    for name in ("__init__.py", "settings.py", "environment.py"):
        shutil.copy(ROOT / "ispbill" / name, package / name)
    (place / ".env").write_text(dotenv, encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-c", shown],
        cwd=place,
        env={"PATH": "/usr/bin:/bin", **given},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_example_copied_as_it_is_changes_nothing(tmp_path):
    answer = _settings(tmp_path, EXAMPLE)

    assert (answer.stderr, answer.stdout.split()) == ("", ["demo", "optional", "localhost"])


def test_each_line_of_the_example_works_once_its_comment_sign_is_gone(tmp_path):
    filled = {"SECRET_KEY": "x" * 40, "FIELD_KEYS": KEY}
    lines = [f"{name}={filled.get(name) or value}" for name, value in NAMED.findall(EXAMPLE)]

    answer = _settings(tmp_path, "\n".join(lines))

    assert answer.stderr == ""
    assert answer.stdout.split() == ["production", "required", "smtp.example"]


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"SECRET_KEY": "ispbill-demo-key-not-for-production"}, "SECRET_KEY"),
        ({"FIELD_KEYS": "k1:ZGVtby1maWVsZC1rZXktbm90LWZvci1wcm9kLTMyYnk="}, "FIELD_KEYS"),
        ({"DEBUG": "1"}, "DEBUG"),
        ({"SIMULATORS": "1"}, "SIMULATORS"),
        ({"DEBUG": "perhaps"}, "DEBUG"),
        ({"EMAIL_PORT": "smtp"}, "EMAIL_PORT"),
    ],
)
def test_production_refuses_what_would_open_it(tmp_path, given, named):
    whole = {"ISPBILL_MODE": "production", "SECRET_KEY": "x" * 40, "FIELD_KEYS": KEY} | given

    answer = _settings(tmp_path, "", **whole)

    assert answer.returncode != 0
    assert f"Misconfigured: {named}" in answer.stderr


def test_production_asks_for_a_second_factor_unless_told_otherwise(tmp_path):
    whole = {"ISPBILL_MODE": "production", "SECRET_KEY": "x" * 40, "FIELD_KEYS": KEY}

    assert _settings(tmp_path, "", **whole).stdout.split()[1] == "required"
    told = _settings(tmp_path, "", **whole, STAFF_SECOND_FACTOR="optional")
    assert told.stdout.split()[1] == "optional"


def _from_files(place: Path, **held: str) -> dict[str, str]:
    """Write each value to a file; return what names the files, as production gets it."""
    for name, value in held.items():
        (place / name).write_text(f"{value}\n", encoding="utf-8")
    named = {f"{name}_FILE": str(place / name) for name in held}
    return {"ISPBILL_MODE": "production"} | named


def test_every_secret_may_stand_in_a_file_of_its_own(tmp_path):
    held = {
        "SECRET_KEY": "y" * 40,
        "FIELD_KEYS": KEY,
        "DATABASE_URL": "postgres://app:one@db.test/x",
        "DATABASE_BACKUP_URL": "postgres://keeper:two@db.test/x",
        "REDIS_URL": "rediss://:three@redis.test:6380?ssl_ca_certs=/a/ca.pem",
        "EMAIL_HOST_PASSWORD": "four",
        "GEMINI_API_KEY": "five",
        "METRICS_TOKEN": "six",
        "HEARTBEAT_URL": "https://watch.test/seven",
    }
    shown = (
        "import json, ispbill.settings as s; print(json.dumps([s.SECRET_KEY, s.FIELD_KEYS,"
        " s.DATABASES['default']['PASSWORD'], s.DATABASES['owner']['PASSWORD'],"
        " s.DATABASES['backup']['PASSWORD'], s.CELERY_BROKER_URL, s.CACHES['default']['LOCATION'],"
        " s.EMAIL_HOST_PASSWORD, s.GEMINI_API_KEY, s.METRICS_TOKEN, s.HEARTBEAT_URL]))"
    )

    answer = _settings(tmp_path, "", shown=shown, **_from_files(tmp_path, **held))

    redis = "rediss://:three@redis.test:6380/{}?ssl_ca_certs=/a/ca.pem"
    assert answer.stderr == ""
    assert json.loads(answer.stdout) == [
        *("y" * 40, [KEY], "one", "one", "two", redis.format(0), redis.format(2)),
        *("four", "five", "six", "https://watch.test/seven"),
    ]


@pytest.mark.parametrize("held", ["", " \n"])
def test_an_empty_file_is_no_secret_and_one_that_is_not_there_is_named(tmp_path, held):
    given = _from_files(tmp_path, SECRET_KEY="y" * 40, FIELD_KEYS=KEY, REDIS_URL=held)

    assert "Misconfigured: REDIS_URL_FILE" in _settings(tmp_path, "", **given).stderr
    (tmp_path / "REDIS_URL").unlink()
    assert "Misconfigured: REDIS_URL_FILE" in _settings(tmp_path, "", **given).stderr


def test_the_unit_gives_each_secret_as_the_settings_read_it(tmp_path):
    drop_in = (ROOT / "docs/admin/systemd/credentials.conf").read_text(encoding="utf-8")
    loaded = re.findall(r"^LoadCredentialEncrypted=([\w-]+):\S+$", drop_in, re.MULTILINE)
    for name in loaded:  # as systemd does, in a folder of the service
        value = {"secret-key": "z" * 40, "field-keys": KEY}.get(name, "")
        value = value or {"database-url": "postgres://a@/x", "redis-url": "redis://r.test"}[name]
        (tmp_path / name).write_text(value, encoding="utf-8")
    told = dict(re.findall(r"^Environment=(\w+)=(\S+)$", drop_in, re.MULTILINE))
    given = {name: path.replace("%d", str(tmp_path)) for name, path in told.items()}
    shown = "import ispbill.settings as s; print(s.SECRET_KEY[:1], s.CELERY_BROKER_URL)"

    answer = _settings(tmp_path, "", shown=shown, ISPBILL_MODE="production", **given)

    assert {f"%d/{name}" for name in loaded} == set(told.values())
    assert (answer.stderr, answer.stdout.split()) == ("", ["z", "redis://r.test/0"])
    page = (ROOT / "docs/admin/secrets.md").read_text(encoding="utf-8")
    assert [name for name in loaded if f"seal {name} " not in page] == []


def test_compose_hands_on_every_setting_and_keeps_the_databases_own_passwords_back():
    named = {name for name, _value in NAMED.findall(EXAMPLE)}

    for name in READERS:
        service = SERVICES[name]
        decided = set(service["environment"]) & named
        assert service["env_file"] == ".env", name
        assert decided == DECIDED, name
        kept_back = {key for key in FOR_THE_DATABASE_ALONE if service["environment"][key] == ""}
        assert kept_back == FOR_THE_DATABASE_ALONE, name


def test_the_image_has_every_package_the_settings_name():
    image = SERVICES["web"]["build"]["dockerfile_inline"]
    copied = re.findall(r"^COPY (\w+) \1$", image, re.MULTILINE)
    packages = {one.parent.name for one in ROOT.glob("*/__init__.py")} - {"tests"}

    assert "ispbill" in packages
    assert set(copied) == packages | {"static", "templates"}


def test_the_containers_of_the_database_are_made_with_an_encoding():
    # A locale of C means SQL_ASCII, with which initdb refuses C.UTF-8: nothing started.
    words = SERVICES["db"]["environment"]["POSTGRES_INITDB_ARGS"].split()

    assert {"--encoding=UTF8", "--builtin-locale=C.UTF-8"} <= set(words)


def test_commands_for_the_containers_name_the_programs_that_are_in_them():
    page = (ROOT / "docs/admin/install.md").read_text(encoding="utf-8")
    told = re.findall(r"^docker compose run --rm \w+ (.+)$", page, re.MULTILINE)

    assert told
    assert all(one.startswith("python manage.py ") for one in told)
