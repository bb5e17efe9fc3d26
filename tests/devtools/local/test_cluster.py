"""A throw-away cluster: its roles, and what the application's role may not do."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from ispbill.devtools.local import places, roles, state
from ispbill.devtools.local.postgres import EmbeddedPostgres
from ispbill.devtools.local.processes import born_at
from ispbill.devtools.local.valkey import EmbeddedValkey

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    home = tmp_path_factory.mktemp("postgres")
    made = EmbeddedPostgres("test", home=home, log=home / "postgres.log")
    made.start()
    yield made
    made.stop()
    assert made.running() is None
    made.forget()


def _as(cluster: EmbeddedPostgres, role: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(
        host=str(cluster.sockets), user=role, dbname=roles.DATABASE, autocommit=True
    )


def test_no_role_of_the_product_stands_above_row_level_security(cluster: EmbeddedPostgres) -> None:
    with _as(cluster, roles.OWNER) as owner:
        rows = owner.execute(
            "SELECT rolname, rolcanlogin, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole"
            " FROM pg_roles WHERE rolname LIKE 'ispbill%' ORDER BY rolname"
        ).fetchall()
    assert rows == [
        ("ispbill_app", True, False, False, False, False),
        ("ispbill_owner", True, False, False, True, False),
        ("ispbill_portal", False, False, False, False, False),
        ("ispbill_radius", True, False, False, False, False),
    ]


def test_a_policy_binds_the_application(cluster: EmbeddedPostgres) -> None:
    with _as(cluster, roles.OWNER) as owner:
        owner.execute("CREATE TABLE secret (id int)")
        owner.execute("INSERT INTO secret VALUES (1)")
        owner.execute("GRANT SELECT ON secret TO ispbill_app")
        with _as(cluster, roles.APP) as app:
            assert app.execute("SELECT count(*) FROM secret").fetchone() == (1,)
            owner.execute("ALTER TABLE secret ENABLE ROW LEVEL SECURITY")
            assert app.execute("SELECT count(*) FROM secret").fetchone() == (0,)
            app.execute("SET row_security = off")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute("SELECT count(*) FROM secret")


def test_the_application_may_become_the_portal_but_does_not_inherit_it(
    cluster: EmbeddedPostgres,
) -> None:
    with _as(cluster, roles.APP) as app:
        row = app.execute("SELECT pg_has_role('ispbill_app', 'ispbill_portal', 'USAGE')").fetchone()
        assert row == (False,)
        app.execute("SET ROLE ispbill_portal")
        assert app.execute("SELECT current_user").fetchone() == ("ispbill_portal",)


def test_only_the_owner_may_put_triggers_to_sleep(cluster: EmbeddedPostgres) -> None:
    with _as(cluster, roles.OWNER) as owner:
        owner.execute("SET session_replication_role = replica")
    with _as(cluster, roles.APP) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute("SET session_replication_role = replica")


def test_the_server_has_no_network_port(cluster: EmbeddedPostgres) -> None:
    with _as(cluster, roles.APP) as app:
        assert app.execute("SHOW listen_addresses").fetchone() == ("",)
    assert cluster.sockets.stat().st_mode & 0o077 == 0


def test_a_second_user_joins_the_server_and_the_last_one_out_stops_it(tmp_path: Path) -> None:
    first, second = (
        EmbeddedPostgres("test", home=tmp_path, log=tmp_path / "postgres.log") for _ in range(2)
    )
    first.start()
    second.start()
    assert (first.created, second.created) == (True, False)
    first.stop()
    running = second.running()
    assert running is not None
    second.stop()
    assert second.running() is None
    second.forget()


def test_a_lock_file_with_a_strangers_number_does_not_stop_the_start(tmp_path: Path) -> None:
    cluster = EmbeddedPostgres("test", home=tmp_path, log=tmp_path / "postgres.log")
    cluster.start()
    cluster.stop()
    sockets = cluster.sockets
    (cluster.data / "postmaster.pid").write_text(
        f"{os.getpid()}\n{cluster.data}\n0\n5432\n{sockets}\n"
    )
    cluster.start()
    assert cluster.running() is not None
    cluster.stop()
    cluster.forget()


# Not a shell: one that was started in the background may not catch what it was told to ignore.
DYING = """#!{python}
import pathlib, signal
def end(*_):
    pathlib.Path("{lock}").unlink()
    raise SystemExit
signal.signal(signal.SIGINT, end)
print("ready", flush=True)
while True:
    signal.pause()
"""


def test_a_server_that_does_not_answer_any_more_is_stopped_all_the_same(tmp_path: Path) -> None:
    """One that is shutting down names itself in its lock file and takes no connection."""
    cluster = EmbeddedPostgres("test", home=tmp_path, log=tmp_path / "postgres.log")
    cluster.data.mkdir(exist_ok=True)
    lock, dying = cluster.data / "postmaster.pid", tmp_path / "postgres"
    dying.write_text(DYING.format(python=sys.executable, lock=lock))
    dying.chmod(0o755)
    with subprocess.Popen([dying], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            lock.write_text(f"{process.pid}\n{cluster.data}\n0\n5432\n{cluster.sockets}\n")
            cluster.forget()
            assert process.wait(5) == 0
        finally:
            process.kill()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT, signal.SIGKILL])
def test_a_server_told_to_stop_by_somebody_else_can_be_stopped_and_started(
    tmp_path: Path, how: signal.Signals
) -> None:
    cluster = EmbeddedPostgres("test", home=tmp_path, log=tmp_path / "postgres.log")
    for _ in range(3):
        cluster.start()
        running = cluster.running()
        assert running is not None
        os.kill(running.pid, how)
        cluster.stop()
        assert cluster.running() is None
    cluster.forget()


def test_a_killed_database_is_healed_with_all_that_was_committed(tmp_path: Path) -> None:
    cluster = EmbeddedPostgres("demo", home=tmp_path, log=tmp_path / "postgres.log")
    cluster.start()
    try:
        with _as(cluster, roles.OWNER) as owner:
            owner.execute("CREATE TABLE kept (id int)")
        assert not cluster.heal()
        running = cluster.running()
        assert running is not None
        os.kill(running.pid, signal.SIGKILL)
        _until_gone(running.pid)

        assert cluster.heal()
        with _as(cluster, roles.OWNER) as owner:
            assert owner.execute("SELECT count(*) FROM kept").fetchone() == (0,)
    finally:
        cluster.stop()
        cluster.forget()


def test_a_killed_valkey_is_healed_with_what_it_was_told(tmp_path: Path) -> None:
    server = EmbeddedValkey("demo", home=tmp_path, log=tmp_path / "valkey.log")
    server.start()
    try:
        assert server._ask("SET bell 1") == "+OK"
        time.sleep(1.1)  # it writes down what it was told every second
        assert not server.heal()
        assert server._process is not None
        server._process.kill()
        server._process.wait(5)

        assert server.heal()
        assert server._ask("EXISTS bell") == ":1"
    finally:
        server.stop()


def test_a_server_somebody_else_started_is_left_to_him(tmp_path: Path) -> None:
    first, second = (
        EmbeddedValkey("test", home=tmp_path, log=tmp_path / "valkey.log") for _ in range(2)
    )
    first.start()
    second.start()
    try:
        assert not second.heal()
        assert second._process is None
    finally:
        second.stop()
        first.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be two users")
@pytest.mark.parametrize("long", [False, True])
def test_root_joins_the_server_of_a_users_checkout(tmp_path: Path, long: bool) -> None:
    """Not a second one on the same data, however long the path is."""
    nobody = places.nobody()
    home = tmp_path / ("x" * (90 if long else 1))
    places.private_directory(home / "test", nobody)

    server = EmbeddedValkey("test", home=home, log=tmp_path / "valkey.log")

    assert server.account == nobody
    # As that user it would be looked for at the same place.
    assert server.socket.parent.stat().st_uid == nobody.uid
    assert str(nobody.uid) in server.socket.parent.name or not long


def _until_gone(pid: int) -> None:
    give_up = time.monotonic() + 10
    while born_at(pid) and time.monotonic() < give_up:
        time.sleep(0.02)


def test_what_was_done_is_written_on_the_database(cluster: EmbeddedPostgres) -> None:
    state.note(cluster, migrations="it's")
    state.note(cluster, seed="done")
    assert state.read(cluster) == {"migrations": "it's", "seed": "done"}


def test_a_database_of_the_migrations_before_is_known(cluster: EmbeddedPostgres) -> None:
    assert not state.is_of_before(cluster)  # nothing is migrated yet
    with _as(cluster, roles.OWNER) as owner:
        owner.execute("CREATE TABLE django_migrations (app text, name text)")
        owner.execute("INSERT INTO django_migrations VALUES ('auth', '0001_initial')")
        assert not state.is_of_before(cluster)
        owner.execute("INSERT INTO django_migrations VALUES ('core', '0001_ground')")
        assert state.is_of_before(cluster)
        owner.execute("INSERT INTO django_migrations VALUES ('core', '0001_initial')")
        assert not state.is_of_before(cluster)
        owner.execute("DROP TABLE django_migrations")


def test_valkey_starts_joins_and_stops(tmp_path: Path) -> None:
    first, second = (
        EmbeddedValkey("test", home=tmp_path, log=tmp_path / "valkey.log") for _ in range(2)
    )
    first.start()
    second.start()
    first.stop()
    assert second._ask("PING") == "+PONG"
    second.stop()
    assert second._ask("PING") is None
