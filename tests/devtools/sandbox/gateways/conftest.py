import pytest

from ispbill.devtools.sandbox.gateways.client import Desk
from ispbill.devtools.sandbox.gateways.server import serve
from tests.devtools.sandbox.gateways.merchant import Merchant


@pytest.fixture
def sandbox(tmp_path):
    try:
        sandbox = serve(tmp_path)
    except OSError:  # somebody took a port after it was chosen and before it was bound
        for one in tmp_path.iterdir():
            one.unlink()
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
