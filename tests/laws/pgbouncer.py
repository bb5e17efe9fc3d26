"""A real PgBouncer before the test's database, pooling by transaction."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.db import connections

BINARY = shutil.which("pgbouncer") or shutil.which("/usr/sbin/pgbouncer")
_NOBODY = 65534


@contextmanager
def running(place: Path, *, size: int) -> Iterator[int]:
    """Run one with `size` sessions of the server; yield the port it listens on."""
    assert BINARY
    server = connections["default"].settings_dict
    port = _free_port()
    (place / "users.txt").write_text(f'"{server["USER"]}" "{server["PASSWORD"]}"\n')
    (place / "pgbouncer.ini").write_text(
        f"""[databases]
* = host={server["HOST"]} port={server["PORT"] or 5432}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {place / "users.txt"}
pool_mode = transaction
default_pool_size = {size}
max_client_conn = 100
""",
        encoding="utf-8",
    )
    # It refuses to run as root; where we are, it gives root up.
    identity = {"user": _NOBODY, "group": _NOBODY, "extra_groups": ()} if _is_root() else {}
    for folder in (place, *place.parents):
        if folder.stat().st_uid == os.getuid() and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o055)
    process = subprocess.Popen(
        [BINARY, str(place / "pgbouncer.ini")], stderr=subprocess.PIPE, **identity
    )
    try:
        _until_it_answers(process, port)
        yield port
    finally:
        process.kill()
        process.communicate()


def _is_root() -> bool:
    return os.geteuid() == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _until_it_answers(process: subprocess.Popen[bytes], port: int) -> None:
    server = connections["default"].settings_dict
    ends = time.monotonic() + 20
    while True:
        try:
            psycopg.connect(
                host="127.0.0.1", port=port, user=server["USER"], dbname=server["NAME"]
            ).close()
            return
        except psycopg.OperationalError as error:
            if process.poll() is not None or time.monotonic() > ends:
                process.kill()
                raise AssertionError((process.communicate()[1] or b"").decode()) from error
            time.sleep(0.05)
