import pytest

from ispbill.devtools.sandbox.routeros import RouterFarm, RouterSpec
from tests.network.farms import known


@pytest.fixture
def farm():
    specs = [RouterSpec(name=name, dial_delay=(0.0, 0.0)) for name in ("r1", "r2")]
    with RouterFarm(specs) as farm:
        yield farm


@pytest.fixture
def router(farm):
    return known(farm, "r1", address_pool="pppoe-pool", walled_pool="expired-pool")
