"""What `manage.py` does before Django: environment, servers, then the command.

Standard library only up to `enter`; after it, the project's packages are there.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

from ispbill.devtools.local import bootstrap, places
from ispbill.devtools.local.places import LocalError
from ispbill.devtools.local.progress import say

HELP_WORDS = {"-h", "--help"}
# These read code and files only; no server is started for them.
WITHOUT_SERVERS = {
    "help", "version", "--version", "--help", "-h", "makemessages", "compilemessages",
    "startapp", "startproject", "diffsettings", "collectstatic", "findstatic", "check",
    "makemigrations", "make_keys", "sandbox", "prorate", "billing_periods",
}  # fmt: skip


def demo_arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="manage.py demo",
        description="Run the whole product on this machine with a demo company: its own "
        "environment, PostgreSQL and Valkey under .local/, web, workers and simulators.",
    )
    parser.add_argument("--port", type=int, help="port of the web pages (8000, or the next free)")
    parser.add_argument(
        "--customers",
        type=int,
        default=500,
        metavar="N",
        help="size of the demo company when it is made (default 500)",
    )
    parser.add_argument(
        "--profile",
        choices=["default", "za"],
        help="za: a small company of South Africa with debit orders",
    )
    parser.add_argument("--fresh", action="store_true", help="throw the demo data away first")
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser")
    return parser


def test_arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="manage.py test",
        description="Run the tests on a real PostgreSQL and Valkey of their own. Every other "
        "argument goes to pytest, for example: manage.py test tests/billing -k proration -x",
    )
    parser.add_argument(
        "--no-browser", action="store_true", help="leave out the journeys in a real browser"
    )
    parser.add_argument(
        "--one-by-one",
        action="store_true",
        help="all in one process (also with -s, --pdb or -n); otherwise there is "
        "one for each core, up to four",
    )
    return parser


def run(argv: list[str]) -> int:
    """Run one command line; returns its exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ispbill.settings")
    command = argv[1] if len(argv) > 1 else "help"
    rest = argv[2:]
    if command == "demo" and HELP_WORDS & set(rest):
        demo_arguments().print_help()
        return 0
    if command == "test" and HELP_WORDS & set(rest):
        test_arguments().print_help()
        return 0
    try:
        if command == "demo":
            demo_arguments().parse_args(rest)  # refuse a wrong option before a long set-up
        bootstrap.enter(command, argv)
        if command == "demo":
            from ispbill.devtools.local.supervisor import demo

            return demo(demo_arguments().parse_args(rest))
        if command == "setup":
            return _setup()
        if command == "test":
            from ispbill.devtools.local.testing import test

            options, pytest_arguments = test_arguments().parse_known_args(rest)
            return test(
                pytest_arguments, browser=not options.no_browser, one_by_one=options.one_by_one
            )
        return _django(command, argv)
    except LocalError as error:
        say(f"ispbill: {error}")
        return 1
    except KeyboardInterrupt:
        return 130


def _setup() -> int:
    """Everything the gate needs, and on standard output the interpreter that has it."""
    from ispbill.devtools.local.system_packages import ensure_chromium, ensure_pdf_libraries

    ensure_pdf_libraries()
    ensure_chromium()
    print(sys.executable)
    return 0


def _django(command: str, argv: list[str]) -> int:
    from ispbill.devtools.local.servers import serving
    from ispbill.devtools.local.state import note

    if command in WITHOUT_SERVERS or HELP_WORDS & set(argv):
        return _execute(argv)
    with serving("demo") as servers:
        if servers.postgres and servers.postgres.created and command != "migrate":
            say("ispbill: a new database, migrating it first")
            if code := migrate():
                return code
        code = _execute(argv)
        if servers.postgres and command == "seed_demo" and code == 0:
            note(servers.postgres, seed="done")  # by hand: the next demo keeps it
        return code


def migrate() -> int:
    """Bring the schema up to date; the settings give `migrate` the owner's connection."""
    command = [sys.executable, str(places.ROOT / "manage.py"), "migrate", "--verbosity", "0"]
    return subprocess.run(command, check=False).returncode


def _execute(argv: list[str]) -> int:
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(argv)
    except SystemExit as leaving:  # commands tell their exit code this way; servers stop first
        return leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    return 0
