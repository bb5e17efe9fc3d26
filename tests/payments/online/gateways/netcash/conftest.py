"""A client and the simulator it talks to, on a Wednesday without holidays near."""

from collections.abc import Iterator
from datetime import date

import pytest

from ispbill.devtools.sandbox.netcash.client import Control
from ispbill.devtools.sandbox.netcash.server import NetcashServer, serve
from payments.online.gateways.netcash.client import Netcash
from tests.factories.netcash import client_of

TODAY = date(2026, 1, 14)


@pytest.fixture
def server(tmp_path) -> Iterator[NetcashServer]:
    server = serve(tmp_path, today=lambda: TODAY)
    yield server
    server.close()


@pytest.fixture
def control(server, tmp_path) -> Control:
    return Control(tmp_path)


@pytest.fixture
def netcash(server, tmp_path) -> Netcash:
    return client_of(tmp_path, timeout=(2, 5))
