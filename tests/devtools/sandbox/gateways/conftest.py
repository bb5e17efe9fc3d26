import pytest

from ispbill.devtools.sandbox.gateways.client import Desk
from ispbill.devtools.sandbox.gateways.server import serve
from tests.devtools.sandbox.gateways.merchant import Merchant


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
