"""The profile `za`: debit orders in every state, and books that are right."""

from collections import Counter
from datetime import UTC, datetime
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from ispbill.core import clock
from ispbill.core.models import Company
from ispbill.devtools.sandbox.netcash.server import serve
from ispbill.reports.queries import proofs
from payments.bank.models import SettlementImport
from payments.debits.models import DebitBatch, DebitOrder, DebitStatementLine, Mandate
from payments.debits.queries import debits
from payments.debits.services import run
from payments.online.models import GatewayAccount, PaymentMethod

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


SUNDAY = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def a_sunday():
    """No holiday of another year changes what is made."""
    with time_machine.travel(SUNDAY):
        yield


def seed():
    call_command("seed_demo", "--profile", "za", "--reset", stdout=StringIO(), stderr=StringIO())


def test_a_newcomer_sees_debit_orders_in_every_state(settings, tmp_path):
    settings.SANDBOX_DIR = tmp_path
    seed()

    assert Company.objects.get().currency == "ZAR"
    assert GatewayAccount.objects.get().is_test_passed
    states = Counter(Mandate.objects.values_list("state", flat=True))
    assert set(states) >= {
        "PENDING",
        "SENT",
        "ACTIVE",
        "SUSPENDED",
        "CANCELLED",
        "EXPIRED",
        "DECLINED",
    }
    needs = set(Mandate.objects.filter(state="SUSPENDED").values_list("need", flat=True))
    assert needs == {"NEW_MANDATE", "NEW_BANK_DETAILS", "STAFF"}
    orders = Counter(DebitOrder.objects.values_list("state", flat=True))
    assert set(orders) >= {"COLLECTED", "UNPAID", "DISPUTED", "ACCEPTED"}
    assert DebitOrder.objects.filter(attempt=2, state="COLLECTED").exists()
    batches = set(DebitBatch.objects.values_list("state", flat=True))
    assert batches >= {"PROCESSED", "AUTHORISED", "LOADED"}
    assert SettlementImport.objects.filter(provider="NETCASH").exists()
    assert PaymentMethod.objects.filter(check_state="WRONG").count() == 1
    assert not DebitStatementLine.objects.filter(outcome="HELD").exists()
    assert [rows.exists() for rows in debits.to_decide()][:4] == [True] * 4
    assert proofs.check_all() == []


def test_it_goes_on_at_the_simulator_that_is_started_afterwards(settings, tmp_path):
    settings.SANDBOX_DIR = tmp_path
    seed()
    bank = serve(tmp_path)
    try:
        done = run.follow(at=clock.now())
        assert done.problems == []
        assert Mandate.objects.filter(state="PENDING").count() == 0
        with pytest.raises(CommandError, match="Stop the simulators first"):
            seed()
    finally:
        bank.close()
