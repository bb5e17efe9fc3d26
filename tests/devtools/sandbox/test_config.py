"""The simulators' ports and passwords are decided once and remembered."""

import json
import stat
import threading

import pytest

from ispbill.devtools.sandbox import config


def test_ports_and_passwords_are_the_same_the_second_time(tmp_path):
    first = config.routers(tmp_path)

    assert config.routers(tmp_path) == first
    assert [entry["name"] for entry in first] == [f"sim-{number}" for number in range(1, 7)]
    assert len({entry["port"] for entry in first}) == 6
    assert all(1024 < entry["port"] < 65536 for entry in first)


def test_a_file_with_fewer_routers_gets_the_others_and_keeps_its_own(tmp_path):
    first = config.routers(tmp_path)
    path = config.routers_file(tmp_path)
    path.write_text(json.dumps({"routers": first[:2]}), "utf-8")

    again = config.routers(tmp_path)

    assert again[:2] == first[:2]
    assert [entry["name"] for entry in again] == list(config.ROUTERS)
    assert config.routers(tmp_path) == again


def test_one_router_is_found_by_its_name(tmp_path):
    assert config.router(tmp_path, "sim-2")["name"] == "sim-2"
    with pytest.raises(KeyError):
        config.router(tmp_path, "sim-9")


def test_the_file_is_its_owners_only(tmp_path):
    config.routers(tmp_path / "new")

    assert stat.S_IMODE(config.routers_file(tmp_path / "new").stat().st_mode) == 0o600


def test_processes_that_start_together_agree(tmp_path):
    seen = []
    threads = [
        threading.Thread(target=lambda: seen.append(config.routers(tmp_path))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert seen == [seen[0]] * 8
    assert [path.name for path in tmp_path.iterdir()] == ["routers.json"]
