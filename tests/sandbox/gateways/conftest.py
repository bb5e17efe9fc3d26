import pytest

from ispbill.sandbox.gateways.client import Desk
from ispbill.sandbox.gateways.server import serve
from tests.sandbox.gateways.merchant import Merchant


@pytest.fixture
def sandbox(tmp_path):
    sandbox = serve(tmp_path)
    yield sandbox
    sandbox.close()


@pytest.fixture
def desk(sandbox, tmp_path):
    return Desk(tmp_path)


@pytest.fixture
def merchant():
    merchant = Merchant()
    yield merchant
    merchant.close()
