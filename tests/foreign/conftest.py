import json
import shutil
import subprocess
from pathlib import Path

import pytest

from ispbill.devtools.sandbox.routeros import ProfileSpec, RouterFarm, RouterSpec, SecretSpec
from tests.foreign import node_packages
from tests.payments.online.gateways.conftest import desk, sandbox

__all__ = ["desk", "sandbox"]

HERE = Path(__file__).parent
PROFILES = (ProfileSpec(name="Home 30", rate_limit="10M/30M"),)
SECRETS = (SecretSpec(name="amina", profile="Home 30", comment="ispbill:1"),)


def make_spec(**changes):
    values = {"name": "r1", "profiles": PROFILES, "secrets": SECRETS, "dial_delay": (0.0, 0.0)}
    return RouterSpec(**{**values, **changes})


@pytest.fixture
def farm():
    with RouterFarm([make_spec()]) as farm:
        yield farm


@pytest.fixture
def ask(sandbox):
    """Make calls with SSLCommerz' official SDK: ``ask((method, data), …)`` → each answer."""
    place = node_packages.installed(HERE / "node_payments")
    told = sandbox.addresses["sslcommerz"]

    def make(*calls):
        order = {
            "base": told["base_url"],
            "calls": calls,
            "store_id": told["store_id"],
            "store_passwd": told["store_passwd"],
        }
        done = subprocess.run(
            ["node", str(place / "ask.js"), json.dumps(order)],
            cwd=place,
            env=_environment(place),
            check=True,
            capture_output=True,
            timeout=60,
            text=True,
        )
        return json.loads(done.stdout)

    return make


def _environment(place):
    return {
        "PATH": str(Path(shutil.which("node")).parent),
        "NODE_PATH": str(place / "node_modules"),
        "NODE_NO_WARNINGS": "1",
    }
