"""The router sandbox as a library sees it that is not ours: node-routeros from npm.

It reads text as Windows-1252 and ends its process at a reply word it does not know, so that it
cannot talk to a RouterOS from 7.18 on, which answers `!empty`; the routers here are older.
"""

import fcntl
import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from ispbill.local import places
from ispbill.sandbox.routeros import RouterFarm
from tests.foreign.conftest import make_spec

_SOURCE = Path(__file__).parent / "node"
_FILES = ("package.json", "package-lock.json", ".npmrc", "journey.js")
_INSTALL_SECONDS, _JOURNEY_SECONDS = 120, 60


@pytest.fixture(scope="session")
def journey():
    """Return the journey's file, beside the packages of the lock file (installed once)."""
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.skip("Node is not on this machine")
    content = b"".join((_SOURCE / name).read_bytes() for name in _FILES)
    target = places.LOCAL / "foreign" / hashlib.sha256(content).hexdigest()[:16]
    target.parent.mkdir(parents=True, exist_ok=True)
    with (target.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (target / "installed").exists():
            _install(target)
    return target / "journey.js"


def _install(target):
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    for name in _FILES:
        shutil.copy(_SOURCE / name, target)
    done = subprocess.run(
        ["npm", "ci"],
        cwd=target,
        capture_output=True,
        text=True,
        timeout=_INSTALL_SECONDS,
        check=False,
    )
    if done.returncode:
        if "EINTEGRITY" in done.stderr:
            pytest.fail(f"a package is not the one that was locked: {done.stderr[-2000:]}")
        pytest.skip("the npm registry cannot be reached")
    (target / "installed").touch()


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
