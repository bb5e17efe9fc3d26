"""A company that collects by debit order, and the simulated NetCash it talks to over HTTP."""

import pytest

from tests.factories import debits


@pytest.fixture
def bank(tmp_path, db):
    bank = debits.Bank(tmp_path)
    debits.connected(bank)
    yield bank
    bank.close()
