"""Paths of the embedded servers: what fits a socket, what is ours, what others can reach."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from ispbill import environment
from ispbill.devtools.local import places, postgres, valkey


def test_a_short_plain_path_holds_its_own_socket(tmp_path: Path) -> None:
    directory = Path("/tmp") / f"ispbill-test-{places.short_name(tmp_path)}"  # noqa: S108
    try:
        assert places.socket_directory(directory, None) == directory
        assert directory.stat().st_mode & 0o777 == 0o700
    finally:
        directory.rmdir()


@pytest.mark.parametrize("name", ["x" * 90, "with space", "বাংলা", "per%cent"])
def test_any_other_path_gets_a_short_private_socket_directory(tmp_path: Path, name: str) -> None:
    found = places.socket_directory(tmp_path / name, None)
    try:
        assert places.fits_a_socket(found)
        assert found.stat().st_mode & 0o777 == 0o700
        assert places.socket_directory(tmp_path / name, None) == found
    finally:
        found.rmdir()


def test_the_longest_socket_name_fits_the_kernels_limit() -> None:
    longest = "x" * places.LONGEST_SOCKET_DIRECTORY + "/.s.PGSQL.5432.lock"
    assert len(longest) <= 107


def test_a_planted_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "target").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "target")
    with pytest.raises(places.LocalError, match="in the way"):
        places.private_directory(tmp_path / "link", None)


def test_a_closed_parent_is_not_passable_by_all(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    assert not places.passable_by_all(closed / "inside")


def test_a_tree_with_one_unreadable_file_is_not_readable_by_all() -> None:
    directory = Path("/tmp") / f"ispbill-test-{places.short_name(Path.cwd())}-tree"  # noqa: S108
    directory.mkdir(mode=0o755)
    file = directory / "file"
    try:
        file.touch(mode=0o644)
        assert places.readable_by_all(directory)
        file.chmod(0o600)
        assert not places.readable_by_all(directory)
    finally:
        file.unlink()
        directory.rmdir()


def test_the_database_address_survives_blanks_and_bangla() -> None:
    sockets = Path("/tmp/a b/বাংলা")  # noqa: S108
    address = postgres.url(role="ispbill_app", sockets=sockets)
    assert parse_qs(urlsplit(address).query) == {"host": [str(sockets)]}
    assert environment.database(address)["HOST"] == str(sockets)
    assert environment.database(address)["USER"] == "ispbill_app"
    assert environment.database(address)["NAME"] == "ispbill"


def test_the_broker_address_is_one_the_settings_understand() -> None:
    address = valkey.url(Path("/tmp/x/valkey.sock"))  # noqa: S108
    assert environment.redis(address) == {
        "broker": "redis+socket:///tmp/x/valkey.sock?virtual_host=0",
        "cache": "unix:///tmp/x/valkey.sock?db=2",
    }


@pytest.mark.parametrize(
    ("address", "broker", "cache"),
    [
        (
            "redis+socket:///a/b.sock?db=4",
            "redis+socket:///a/b.sock?virtual_host=4",
            "unix:///a/b.sock?db=6",
        ),
        ("unix:///a/b.sock", "redis+socket:///a/b.sock?virtual_host=3", "unix:///a/b.sock?db=5"),
        ("redis://:secret@host:6379", "redis://:secret@host:6379/3", "redis://:secret@host:6379/5"),
        (
            "rediss://host:6380/7?ssl_ca_certs=/a/ca.pem",
            "rediss://host:6380/7?ssl_ca_certs=/a/ca.pem",
            "rediss://host:6380/9?ssl_ca_certs=/a/ca.pem",
        ),
    ],
)
def test_a_database_named_in_the_address_is_where_the_broker_is(
    address: str, broker: str, cache: str
) -> None:
    assert environment.redis(address, first=3) == {"broker": broker, "cache": cache}
