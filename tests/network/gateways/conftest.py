import pytest

from ispbill.core.addresses import Fence
from ispbill.devtools.sandbox.routeros import ProfileSpec, RouterFarm, RouterSpec, SecretSpec
from network.gateways.base import Limits, RouterLogin
from network.gateways.mikrotik import MikrotikRouter

QUICK = Limits(connect=1.0, read=0.5, overall=1.0, bulk=5.0)

PROFILES = (
    ProfileSpec(name="Home 30", rate_limit="10M/30M"),
    ProfileSpec(name="Home 50", rate_limit="15M/50M"),
    ProfileSpec(name="EXPIRED", rate_limit="1M/1M", pool="expired-pool", address_list="unpaid"),
)
SECRETS = (
    SecretSpec(name="amina", profile="Home 30", comment="ispbill:1"),
    SecretSpec(name="12345", profile="Home 30", comment="ispbill:2 কোণার বাড়ি"),
    SecretSpec(name="chitra", profile="Home 30", comment="ispbill:3", is_disabled=True),
    SecretSpec(name="office", profile="Home 50", comment="the boss's own line"),
)


def make_spec(**changes):
    values = {"name": "r1", "profiles": PROFILES, "secrets": SECRETS, "dial_delay": (0.0, 0.0)}
    return RouterSpec(**{**values, **changes})


def login_to(endpoint, **changes):
    values = {
        "host": endpoint["host"],
        "port": endpoint["port"],
        "username": endpoint["username"],
        "password": endpoint["password"],
        "tls": endpoint["tls"],
        "policy": Fence(endpoints=frozenset({(endpoint["host"], endpoint["port"])})),
    }
    return RouterLogin(**{**values, **changes})


@pytest.fixture
def farm():
    with RouterFarm([make_spec()]) as farm:
        yield farm


@pytest.fixture
def router(farm):
    with MikrotikRouter(login_to(farm.endpoint("r1")), QUICK) as router:
        yield router
