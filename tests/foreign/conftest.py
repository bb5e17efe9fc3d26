import pytest

from ispbill.sandbox.routeros import ProfileSpec, RouterFarm, RouterSpec, SecretSpec

PROFILES = (ProfileSpec(name="Home 30", rate_limit="10M/30M"),)
SECRETS = (SecretSpec(name="amina", profile="Home 30", comment="ispbill:1"),)


def make_spec(**changes):
    values = {"name": "r1", "profiles": PROFILES, "secrets": SECRETS, "dial_delay": (0.0, 0.0)}
    return RouterSpec(**{**values, **changes})


@pytest.fixture
def farm():
    with RouterFarm([make_spec()]) as farm:
        yield farm
