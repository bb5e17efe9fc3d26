"""What leaving costs by the signed contract: shown, then billed, to the cent."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from billing.changes.queries import ending
from billing.changes.queries.contract_fees import TooLateToCoolOff
from billing.changes.queries.quotes import NotChangeable
from billing.changes.rules.exit_fee import Cause
from billing.changes.services import termination
from billing.invoices.models import CreditNote, Invoice
from billing.pricing.models import PriceStep
from contracts.models import Contract
from contracts.services import running
from contracts.views import words
from customers.models import AccountState, Subscription
from ispbill.core.acts import Act
from ispbill.core.models import Company
from tests.factories import contracts as make
from tests.factories.changes import asked, billed_service, priced_package
from tests.laws import at_once as every_proof

pytestmark = pytest.mark.django_db(transaction=True)

START = date(2026, 1, 5)
LEAVES = date(2026, 7, 20)


@pytest.fixture(autouse=True)
def _house(settings, tmp_path, db):
    settings.MEDIA_ROOT = tmp_path
    setting(address="House 1, Dhaka")


def setting(**values):
    Company.objects.filter(pk=Company.current().pk).update(**values)
    Company.forget_cached()


def moment(day):
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


def under_contract(**values):
    """A service of 1,000 from 5 January, its minimum term until 5 November 2026."""
    given = {"minimum_months": 10, "fee": "REMAINING", "fee_rate": Decimal("0.5"), **values}
    service = billed_service("1000.00", start=START)
    contract = make.signed(service, starts_on=START, **given)
    assert contract.state == "ACTIVE"
    return Subscription.objects.select_related("customer", "package").get(pk=service.pk)


def end(service, on=LEAVES, *, cause=Cause.NOTICE, today=None):
    act = Act(None, moment(today or on), on=today or on, reason="told on the phone")
    return termination.terminate(subscription=service, on=on, act=act, cause=cause)


def contract_of(service):
    return Contract.objects.get(subscription=service)


def fee_line(ended):
    return ended.invoice.lines.get(kind="TERMINATION")


def test_the_worked_example_is_shown_and_billed_to_the_cent():
    service = under_contract()
    shown = ending.fee_of(service, on=LEAVES, today=LEAVES)
    assert (shown.amount.net, shown.amount.tax, shown.amount.gross) == (
        Decimal("1758.07"),
        Decimal("263.71"),
        Decimal("2021.78"),
    )

    line = fee_line(end(service))

    assert (line.net_amount, line.tax_amount) == (Decimal("1758.07"), Decimal("263.71"))
    contract = contract_of(service)
    assert (contract.state, contract.cause, contract.ended_on) == ("TERMINATED", "NOTICE", LEAVES)
    assert every_proof.broken() == []


def test_the_pages_say_the_day_the_amount_and_why():
    service = under_contract()
    today = date(2026, 6, 20)  # thirty days of notice before 20 July
    told = words.exit_fee(contract_of(service), on=today)
    assert told["on"] == LEAVES
    assert "2,021.78" in told["text"]
    assert any("5 Nov" in line or "05 Nov" in line for line in told["why"])
    assert told["until"] == date(2026, 6, 27)


@pytest.mark.parametrize(
    ("cause", "owed", "state"),
    [
        (Cause.NON_PAYMENT, Decimal("1758.07"), "BREACH"),
        (Cause.DEATH, None, "DEATH"),
        (Cause.HOUSE, None, "BREACH"),
        (Cause.UNSERVABLE, None, "MUTUAL"),
        (Cause.MUTUAL, None, "MUTUAL"),
        (Cause.WAIVED, None, "MUTUAL"),
    ],
)
def test_what_is_free_and_what_is_due(cause, owed, state):
    service = under_contract()
    lines = end(service, cause=cause).invoice.lines.filter(kind="TERMINATION")
    assert [one.net_amount for one in lines] == ([owed] if owed else [])
    assert contract_of(service).cause == state


def test_nobody_pays_more_for_leaving_than_for_staying_or_than_the_caps():
    service = under_contract(fee="FIXED", fee_amount=Decimal(5000))
    assert ending.fee_of(service, on=LEAVES, today=LEAVES).amount.net == Decimal("3000.00")
    late = date(2026, 10, 20)  # sixteen of thirty-one days are left
    assert ending.fee_of(service, on=late, today=late).amount.net == Decimal("516.13")
    assert ending.fee_of(service, on=date(2026, 11, 5), today=late) is None


def test_before_a_dearer_price_leaving_is_free():
    service = under_contract(price_lock="NONE")
    PriceStep.objects.create(
        subscription=service,
        customer=service.customer,
        from_on=date(2026, 8, 5),
        price_amount=Decimal("1200.00"),
        gross_amount=None,
    )
    assert ending.fee_of(service, on=LEAVES, today=LEAVES) is None
    assert ending.fee_of(service, on=date(2026, 8, 6), today=LEAVES) is not None


def test_days_used_before_it_is_taken_back_are_billed_or_free_as_the_contract_says():
    taken_back = date(2026, 1, 17)
    for bills, given_back in ((True, Decimal("612.90")), (False, Decimal("1000.00"))):
        service = under_contract(name=f"bills {bills}", cooling_off_days=7, bills_used_days=bills)
        assert end(service, taken_back, cause=Cause.COOLING_OFF).invoice is None
        notes = CreditNote.objects.filter(customer=service.customer)
        assert sum(one.net_amount for one in notes) == given_back
        contract = contract_of(service)
        assert contract.cause == "COOLING_OFF"
        assert words.refund_until(contract) == date(2026, 2, 16)
        left = AccountState.objects.get(customer=service.customer).balance_amount
        bill = Invoice.objects.get(customer=service.customer).total_amount
        assert left == bill - sum(one.total_amount for one in notes)
    assert every_proof.broken() == []


def test_after_the_last_day_nothing_is_taken_back():
    service = under_contract(cooling_off_days=7)
    with pytest.raises(TooLateToCoolOff):
        end(service, date(2026, 1, 18), cause=Cause.COOLING_OFF)


def test_a_contract_may_refuse_a_cheaper_package_in_its_minimum_term():
    cheap, dear = priced_package("700.00"), priced_package("1500.00")
    for number, (refuses, on) in enumerate(
        ((True, date(2026, 2, 1)), (False, date(2026, 2, 1)), (True, date(2026, 11, 5)))
    ):
        service = under_contract(name=f"home {number}", refuses_downgrade=refuses)
        if refuses and on < date(2026, 11, 5):
            with pytest.raises(NotChangeable, match="nothing cheaper"):
                asked(service, cheap, on=on, at=moment(on))
            assert asked(service, dear, on=on, at=moment(on)).price_amount == Decimal("1500.00")
        else:
            assert asked(service, cheap, on=on, at=moment(on)).price_amount == Decimal("700.00")


def test_a_contract_over_leaves_the_fee_behind():
    service = under_contract(renewal="NONE", term_months=10)
    running.end_terms(act=Act(None, moment(date(2026, 11, 5)), on=date(2026, 11, 5)))
    assert contract_of(service).state == "EXPIRED"
    assert ending.fee_of(service, on=date(2026, 11, 6), today=date(2026, 11, 5)) is None
