"""The whole product behind a real browser: web, worker, virtual routers, message provider.

The worker and the simulators are the real programs in processes of their own, on the test's
database and Valkey; only the web server is the test's (pytest-django's live server).
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from ispbill.celery import app as celery_app
from ispbill.core.models import Company
from ispbill.devtools.sandbox import config

PASSWORD = "Test-12345!"


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/journeys" in str(item.path):
            item.add_marker(pytest.mark.journey)
            item.add_marker(pytest.mark.xdist_group("journeys"))  # one worker, one set of routers
            item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.fixture(scope="session")
def chromium():
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=15_000)  # a busy machine is slow, not wrong
    path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"],
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


def _start(*command, until, site=""):
    """Start a program and wait until its output says `until`.

    The output goes to a file: a pipe nobody reads would fill up and stop the program in mid-work.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".log", delete=False) as log:
        process = subprocess.Popen(
            command,
            cwd=settings.BASE_DIR,
            env=_environment(site),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    said = Path(log.name)
    try:
        eventually(lambda: until in said.read_text(), seconds=60, what=f"{until!r} in {said}")
    except BaseException:
        _stop(process)
        raise
    return process


def _stop(process):
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@pytest.fixture(scope="package")
def _simulators(django_db_setup, django_db_blocker, live_server):
    with django_db_blocker.unblock():
        config.routers(settings.SANDBOX_DIR)
        code = (
            "import django; django.setup();"
            "from django.core.management import call_command; call_command('sandbox')"
        )
        process = _start(  # the JSON line: all listen
            sys.executable, "-c", code, until="}", site=live_server.url
        )  # fmt: skip
    yield
    _stop(process)


@pytest.fixture(scope="package")
def _worker(django_db_setup, django_db_blocker):
    # Other tests ring tasks that nobody takes: their bells are none of this worker's business.
    with celery_app.connection_for_write() as broker:
        broker.default_channel.client.flushdb()
    with django_db_blocker.unblock():
        process = _start(
            sys.executable, "-m", "celery", "-A", "ispbill", "worker", "-c", "2", "-l", "INFO",
            "--without-gossip", "--without-mingle",
            "-Q", "default,billing,router,messages,documents", until="ready.",
        )  # fmt: skip
    yield
    _stop(process)


@pytest.fixture
def town(_simulators, _worker, live_server):
    """The fixture company of 10 January 2026, with everything running."""
    call_command("seed_demo", profile="e2e", reset=True)
    Company.forget_cached()
    return live_server


@pytest.fixture
def visit(town, chromium):
    """Open a browser for somebody: `page = visit("billing@demo.test")`."""
    contexts = []

    def open_for(login=None, *, door="/login", width=1280, javascript=True):
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            java_script_enabled=javascript,
            base_url=town.url,
        )
        contexts.append(context)
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


def eventually(look, *, seconds=10, what="it"):
    """Wait until `look()` is true; return the seconds it took."""
    start = time.monotonic()
    while time.monotonic() - start < seconds:
        if look():
            return time.monotonic() - start
        time.sleep(0.1)
    raise AssertionError(f"{what} did not happen within {seconds} s")
