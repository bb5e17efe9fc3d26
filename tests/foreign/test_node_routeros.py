"""The router sandbox as a library sees it that is not ours: node-routeros from npm.

It reads text as Windows-1252 and ends its process at a reply word it does not know, so that it
cannot talk to a RouterOS from 7.18 on, which answers `!empty`; the routers here are older.
"""

import json
import subprocess
from pathlib import Path

import pytest

from ispbill.devtools.sandbox.routeros import RouterFarm
from tests.foreign import node_packages
from tests.foreign.conftest import make_spec

_JOURNEY_SECONDS = 60


@pytest.fixture(scope="session")
def journey():
    """Return the journey's file, beside the packages of the lock file."""
    return node_packages.installed(Path(__file__).parent / "node") / "journey.js"


@pytest.mark.parametrize("version", ["7.16.2 (stable)", "6.49.10 (long-term)", "6.42.12"])
def test_node_routeros_manages_a_router(journey, version):
    with RouterFarm([make_spec(version=version)]) as farm:
        done = subprocess.run(
            ["node", str(journey), json.dumps(farm.endpoint("r1"))],
            capture_output=True,
            text=True,
            timeout=_JOURNEY_SECONDS,
            check=False,
        )

    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["wrongPassword"] == "Username or password is invalid"
    assert told["resource"][0]["version"] == version
    assert told["secret"]["disabled"] == "true"
    assert told["secret"]["comment"] == "ispbill:7"
    assert told["names"] == ["amina"]
    assert (told["queue"]["target"], told["queue"]["max-limit"]) == (
        "10.0.0.5/32",
        "5000000/20000000",
    )
    assert told["badLimit"] == "invalid value for argument max-limit"
    assert told["unknown"].startswith("no such command")
    assert told["both"] == ["amina", "r1"]
    assert [packet.get("name") for packet in told["heard"]] == ["eva", None]
    assert told["heard"][1][".dead"] == "true"
    assert told["afterListening"] == "r1"
