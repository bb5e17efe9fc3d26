"""A client and the simulator it talks to, on a Wednesday without holidays near."""

from collections.abc import Iterator
from datetime import date

import pytest

from ispbill.devtools.sandbox.netcash.client import Control
from ispbill.devtools.sandbox.netcash.server import NetcashServer, serve
from payments.gateways.netcash import sandbox
from payments.gateways.netcash.client import Netcash

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
    return sandbox.client(tmp_path, timeout=(2, 5))
