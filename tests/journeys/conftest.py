"""The whole product behind a real browser: web, worker, virtual routers, message provider.

The worker and the simulators are the real programs in processes of their own, on the test's
database and Valkey; only the web server is the test's (pytest-django's live server).
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connections

from ispbill.celery import app as celery_app
from ispbill.devtools.local.children import die_with_parent
from ispbill.devtools.local.supervisor import web_command
from ispbill.devtools.sandbox import config
from tests.journeys.company import Town
from tests.run_files import directory

PASSWORD = "Test-12345!"
START_SECONDS = 180  # until a program is up; a busy machine is slow, not wrong
COLLECT = """
import django
django.setup()
from django.core.management import call_command
call_command("collectstatic", interactive=False, verbosity=0)
print("collected")
"""


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/journeys" in str(item.path):
            item.add_marker(pytest.mark.journey)
            item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.fixture(scope="session")
def chromium():
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=15_000)  # a busy machine is slow, not wrong
    path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=[
                "--no-sandbox",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--js-flags=--no-opt --no-maglev",  # no page here lives long enough to gain by them
            ],
        )
        yield browser
        browser.close()


def _environment(site=""):
    """The environment of a process that shall work on this test's database.

    `site` is where the web server is: hosted pages of the gateways are shown there.
    """
    database = connections["default"].settings_dict
    owner = connections["owner"].settings_dict

    def address(values):
        return (
            f"postgres://{quote(values['USER'])}:{quote(values['PASSWORD'])}@/"
            f"{quote(values['NAME'])}?host={quote(str(values['HOST']), safe='')}"
        )

    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": address(database),
        "DATABASE_OWNER_URL": address(owner),
        "ISPBILL_BOOTSTRAP": "0",
        **({"PUBLIC_URL": site} if site else {}),
    }


def _start(*command, until, site="", **more):
    """Start a program and wait until its output says `until`; return it and the file it writes to.

    The output goes to a file: a pipe nobody reads would fill up and stop the program in mid-work.
    """
    with tempfile.NamedTemporaryFile(
        "w", suffix=".log", dir=directory("logs"), delete=False
    ) as log:
        process = subprocess.Popen(
            command,
            cwd=settings.BASE_DIR,
            env=_environment(site) | more,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # its workers are of its group
            preexec_fn=die_with_parent,
        )
    said = Path(log.name)

    def is_up():
        ended = process.poll() is not None
        if until in said.read_text():
            return True
        assert not ended, f"it ended and did not say {until!r}:\n{said.read_text()}"
        return False

    try:
        eventually(is_up, seconds=START_SECONDS, what=f"{until!r} in {said}")
    except BaseException:
        _stop(process)
        raise
    return process, said


def _stop(process):
    """Stop a program and, should it not stop its own, whatever it has started."""
    process.send_signal(signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(10)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.fixture(scope="package")
def _simulators(django_db_setup, django_db_blocker, live_server):
    with django_db_blocker.unblock():
        config.routers(settings.SANDBOX_DIR)
        code = (
            "import django; django.setup();"
            "from django.core.management import call_command; call_command('sandbox')"
        )
        process, _said = _start(  # the JSON line: all listen
            sys.executable, "-c", code, until="}", site=live_server.url
        )
    yield
    _stop(process)


@pytest.fixture(scope="package")
def _worker(django_db_setup, django_db_blocker):
    # Other tests ring tasks that nobody takes: their bells are none of this worker's business.
    with celery_app.connection_for_write() as broker:
        broker.default_channel.client.flushdb()
    with django_db_blocker.unblock():
        process, _said = _start(
            sys.executable,
            "-m",
            "celery",
            "-A",
            "ispbill",
            "worker",
            "-c",
            "2",
            "-l",
            "INFO",
            "--without-gossip",
            "--without-mingle",
            "-Q",
            "default,billing,router,messages,documents",
            until="ready.",
        )
    yield
    _stop(process)


@pytest.fixture(scope="package")
def _town(django_db_setup, django_db_blocker):
    made = Town()
    yield made
    with django_db_blocker.unblock():
        made.rows.forget()


@pytest.fixture
def town(_simulators, _worker, _town, live_server):
    """The fixture company of 10 January 2026, with everything running."""
    _town.stand()
    return live_server


@pytest.fixture(scope="package")
def _web_server(django_db_setup, django_db_blocker):
    """The demo's own web server on a free port, files collected; returns its address."""
    collected = {"STATIC_COLLECTED": "1"}
    with django_db_blocker.unblock():
        _stop(_start(sys.executable, "-c", COLLECT, until="collected", **collected)[0])
        server, said = _start(*web_command(0), until="Listening at", **collected)
    address = re.search(r"Listening at: (\S+)", said.read_text())[1]
    try:
        eventually(
            lambda: _answers(f"{address}/livez"),
            seconds=START_SECONDS,
            what=f"an answer of {address}",
        )
        yield address
    finally:
        _stop(server)


@pytest.fixture
def served(town, _web_server):
    """The address of the same company behind the demo's own web server."""
    return _web_server


def _answers(address):
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 - our own server
            return answer.status == 200
    except OSError:  # its workers are still loading the program
        return False


@pytest.fixture
def visit(town, chromium):
    """Open a browser for somebody: `page = visit("billing@demo.test")`.

    What the browser's console calls an error fails the test: a refused style or script, a file
    that is not there. A page that was refused (404, 422) is an answer and no error; a request that
    was broken off because one went elsewhere, or the network was gone, is none either.
    """
    contexts, problems = [], []

    def note(said):
        answered = said.text.startswith("Failed to load resource")
        if said.text.startswith(("htmx:sendError", "htmx:afterRequest")):
            return
        if said.type == "error" and not (answered and "/static/" not in said.location["url"]):
            problems.append(f"{said.location['url']}: {said.text}")

    def open_for(login=None, *, door="/login", width=1280, javascript=True):
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            java_script_enabled=javascript,
            base_url=town.url,
        )
        contexts.append(context)
        context.on("console", note)
        context.on("weberror", lambda fault: problems.append(str(fault.error)))
        page = context.new_page()
        page.set_default_timeout(15_000)
        if login:
            page.goto(door)
            page.fill("input[name=login]", login)
            page.fill("input[name=password]", PASSWORD)
            page.press("input[name=password]", "Enter")
            page.wait_for_url(lambda url: door not in url)
        return page

    yield open_for
    for context in contexts:
        context.close()
    assert problems == []


def eventually(look, *, seconds=30, what="it"):
    """Wait until `look()` is true; return the seconds it took."""
    start = time.monotonic()
    while time.monotonic() - start < seconds:
        if look():
            return time.monotonic() - start
        time.sleep(0.1)
    raise AssertionError(f"{what} did not happen within {seconds} s")
