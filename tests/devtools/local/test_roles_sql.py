"""docs/admin/roles.sql makes on any server what ispbill/devtools/local/roles.py makes here."""

import subprocess
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from ispbill.devtools.local import places
from ispbill.devtools.local.postgres import SUPERUSER, binaries

ROOT = Path(__file__).resolve().parents[3]
TRIAL = "ispbill_roles_trial"
ASKED = (
    "SELECT rolname, rolcanlogin, rolsuper, rolbypassrls, rolcreatedb FROM pg_roles"
    " WHERE rolname LIKE '{}%' ORDER BY 1"
)


@pytest.fixture
def server():
    """A superuser's connection to the tests' server; what the file made is gone after it."""
    host = settings.DATABASES["default"]["HOST"]
    if not host.startswith("/"):
        pytest.skip("the superuser of a server from outside is not known")
    with psycopg.connect(host=host, user=SUPERUSER, dbname="postgres", autocommit=True) as made:
        yield made
        made.execute(f"DROP DATABASE IF EXISTS {TRIAL}")
        for role in ("owner", "app", "portal"):
            made.execute(f"DROP ROLE IF EXISTS {TRIAL}_{role}")


def test_the_file_makes_the_four_roles_and_may_run_again(server, tmp_path):
    sql = (ROOT / "docs/admin/roles.sql").read_text(encoding="utf-8")
    # Beside the roles of the tests, under a name of its own; parameters keep theirs.
    trial = sql.replace("ispbill", TRIAL).replace(f"{TRIAL}.", "ispbill.")
    (tmp_path / "roles.sql").write_text(trial, encoding="utf-8")
    psql = binaries(places.nobody(), places.LOCAL / "postgres") / "psql"

    for _again in range(2):
        done = subprocess.run(
            [
                psql,
                "-X",
                "-q",
                "-h",
                server.info.host,
                "-U",
                SUPERUSER,
                "-d",
                "postgres",
                "-v",
                "owner_password=one",
                "-v",
                "app_password=two",
                "-f",
                tmp_path / "roles.sql",
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    roles = server.execute(ASKED.format(TRIAL)).fetchall()
    assert roles == [
        (f"{TRIAL}_app", True, False, False, False),
        (f"{TRIAL}_owner", True, False, False, True),
        (f"{TRIAL}_portal", False, False, False, False),
        (f"{TRIAL}_radius", False, False, False, False),  # signs in once it has a password
    ]
    member = server.execute(
        "SELECT pg_has_role(%s, %s, 'SET'), pg_has_role(%s, %s, 'USAGE')",
        [f"{TRIAL}_app", f"{TRIAL}_portal"] * 2,
    ).fetchone()
    assert member == (True, False)
