"""Revenue put aside is booked as it is earned; however often, late or in what order it is run."""

import threading
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.invoices.models import InvoiceLine
from billing.invoices.services import invoicing
from billing.invoices.services.invoicing import NewLine
from billing.ledger.models import JournalEntry, PeriodClose, Posting, Recognition
from billing.ledger.queries import deferral
from billing.ledger.rules.recognition import Days, earned
from billing.ledger.services import ledger_seals, recognition
from billing.receivables.services import crediting, voiding
from billing.receivables.services.crediting import Given
from ispbill.core.acts import Act
from ispbill.core.money import Taxed
from ispbill.reports.queries import proofs
from tests import database
from tests.factories.accounts import BranchFactory
from tests.factories.customers import AreaFactory, CustomerFactory, SubscriptionFactory
from tests.laws import at_once

pytestmark = pytest.mark.django_db(transaction=True)

WHY = "because the test says so"


def moment(on):
    return datetime(on.year, on.month, on.day, 4, 0, tzinfo=UTC)


def ahead(net="1200.00", start=date(2026, 1, 1), end=date(2027, 1, 1), on=None, **values):
    """A bill of days to come, put aside."""
    subscription = values.pop("subscription", None) or SubscriptionFactory()
    amount = Taxed(Decimal(net), Decimal("0.00"))
    line = NewLine(
        kind=values.pop("kind", "RECURRING"),
        description="A year",
        amount=amount,
        tax_rate=Decimal(0),
        account=2400,
        subscription=subscription,
        days=(start, end),
    )
    on = on or start
    return invoicing.issue(
        customer=subscription.customer,
        lines=[line],
        kind="RECURRING",
        due_date=on,
        on=on,
        act=Act(None, moment(on)),
    )


def recognise(through):
    return recognition.recognise(
        through=through, act=Act(None, moment(through + timedelta(days=1)))
    )


def held(account=2400):
    return -sum(Posting.objects.filter(account=account).values_list("amount", flat=True))


def test_a_night_books_what_was_earned_up_to_the_day_before():
    ahead()

    moved = recognise(date(2026, 1, 31))

    assert (moved, held(2400), held(4000)) == (
        Decimal("101.92"),
        Decimal("1098.08"),
        Decimal("101.92"),
    )
    entry = JournalEntry.objects.get(kind="RECOGNITION")
    assert (entry.posted_on, entry.memo) == (date(2026, 1, 31), "earned up to 2026-01-31")
    assert at_once.broken() == []


def test_the_same_night_again_and_an_earlier_day_book_nothing():
    ahead()
    recognise(date(2026, 1, 31))

    assert recognise(date(2026, 1, 31)) == 0
    assert recognise(date(2026, 1, 15)) == 0
    assert Recognition.objects.count() == 1


def test_a_late_run_gives_every_month_its_own():
    ahead()

    recognise(date(2026, 3, 10))

    entries = JournalEntry.objects.filter(kind="RECOGNITION").order_by("pk")
    assert [one.posted_on for one in entries] == [
        date(2026, 1, 31),
        date(2026, 2, 28),
        date(2026, 3, 10),
    ]
    assert Recognition.objects.get(as_of=date(2026, 1, 31)).amount == Decimal("101.92")


def test_what_belongs_to_a_closed_month_is_booked_after_it():
    ahead()
    PeriodClose.objects.create(
        first_day=date(2026, 1, 1),
        last_day=date(2026, 1, 31),
        entry_count=1,
        turnover_amount=Decimal("1200.00"),
        closed_at=moment(date(2026, 2, 1)),
    )

    recognise(date(2026, 2, 28))

    entries = JournalEntry.objects.filter(kind="RECOGNITION").order_by("pk")
    assert [one.posted_on for one in entries] == [date(2026, 2, 1), date(2026, 2, 28)]
    assert at_once.broken() == []


def test_all_of_it_is_earned_at_the_end():
    ahead(net="1000.01")

    recognise(date(2027, 3, 1))

    assert (held(2400), held(4000)) == (Decimal(0), Decimal("1000.01"))
    assert recognise(date(2027, 5, 1)) == 0


def test_each_branch_and_each_kind_of_revenue_has_its_own():
    here, there = BranchFactory(), BranchFactory()
    one = SubscriptionFactory(customer=CustomerFactory(area=AreaFactory(branch=here)))
    other = SubscriptionFactory(customer=CustomerFactory(area=AreaFactory(branch=there)))
    ahead("365.00", subscription=one)
    ahead("730.00", subscription=other)
    ahead(
        "36.50",
        subscription=other,
        kind="ADDON",
        start=date(2027, 1, 1),
        end=date(2028, 1, 1),
        on=date(2026, 1, 1),
    )

    recognise(date(2026, 1, 10))
    recognise(date(2027, 1, 10))

    assert deferral.posted() == {
        (here.pk, 4000): Decimal("365.00"),
        (there.pk, 4000): Decimal("730.00"),
        (there.pk, 4050): Decimal("1.00"),
    }
    assert at_once.broken() == []


def test_a_void_bill_takes_back_what_was_earned_of_it():
    invoice = ahead()
    recognise(date(2026, 1, 31))

    voiding.void(
        invoice=invoice, act=Act(None, moment(date(2026, 2, 5)), on=date(2026, 2, 5), reason=WHY)
    )
    assert at_once.broken() == []
    moved = recognise(date(2026, 2, 28))

    assert (moved, held(2400), held(4000)) == (Decimal("-101.92"), Decimal(0), Decimal(0))
    assert at_once.broken() == []


def credit(invoice, net, on, days=None):
    line = InvoiceLine.objects.get(invoice=invoice)
    return crediting.credit(
        invoice=invoice,
        given=[Given(line=line, net=Decimal(net), days=days)],
        on=on,
        act=Act(None, moment(on), reason=WHY),
    )


def test_days_given_back_are_not_earned_and_the_days_before_keep_theirs():
    invoice = ahead("365.00")
    recognise(date(2026, 1, 31))
    credit(invoice, "334.00", date(2026, 2, 1), (date(2026, 2, 1), date(2027, 1, 1)))

    moved = recognise(date(2026, 12, 31))

    assert (moved, held(2400), held(4000)) == (Decimal(0), Decimal(0), Decimal("31.00"))
    assert at_once.broken() == []


def test_a_credit_without_days_lowers_what_every_day_earns():
    invoice = ahead("365.00")
    recognise(date(2026, 1, 10))
    credit(invoice, "36.50", date(2026, 1, 11))

    recognise(date(2026, 1, 20))
    after = held(4000)
    recognise(date(2027, 1, 1))

    assert (after, held(4000), held(2400)) == (Decimal("18.00"), Decimal("328.50"), Decimal(0))


def test_a_write_off_is_a_loss_and_not_less_revenue():
    invoice = ahead("365.00")
    line = InvoiceLine.objects.get(invoice=invoice)
    crediting.credit(
        invoice=invoice,
        given=[Given(line=line, net=Decimal("365.00"))],
        kind="WRITE_OFF",
        on=date(2026, 1, 11),
        act=Act(None, moment(date(2026, 1, 11)), reason=WHY),
    )

    recognise(date(2027, 1, 1))

    assert (held(4000), held(5900)) == (Decimal("365.00"), Decimal("-365.00"))
    assert at_once.broken() == []


def test_the_roll_forward_and_the_customers_agree_with_the_books():
    ahead("1200.00")
    invoice = ahead("600.00", start=date(2026, 2, 1), end=date(2026, 5, 1))
    credit(invoice, "100.00", date(2026, 2, 10))
    recognise(date(2026, 2, 28))
    ledger_seals.seal(on=date(2026, 3, 1), at=moment(date(2026, 3, 1)))

    february, january = deferral.roll_forward(end=date(2026, 2, 28))
    shares = deferral.by_customer(as_of=date(2026, 2, 28))
    sums = deferral.sums(as_of=date(2026, 2, 28))

    assert (january.opening, january.billed, january.recognised) == (
        Decimal(0),
        Decimal("1200.00"),
        Decimal("101.92"),
    )
    assert (february.opening, february.billed, february.given_back) == (
        january.closing,
        Decimal("600.00"),
        Decimal("100.00"),
    )
    assert february.closing == held(2400) == sums.remaining == sum(one.remaining for one in shares)
    assert sums.customers == len(shares) == 2


@pytest.mark.without_guards
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE billing_posting SET amount = amount + sign(amount)"
        " WHERE entry_id = (SELECT max(id) FROM billing_journalentry)",
        "UPDATE billing_recognition SET amount = amount + 1",
    ],
)
def test_a_wrong_amount_is_found_by_the_proofs(statement):
    ahead()
    recognise(date(2026, 1, 31))

    with database.owner_connection() as owner:
        owner.execute("SET session_replication_role = replica")
        owner.execute(statement)

    found = {one.check for one in proofs.check_all()}
    assert "recognition_is_booked" in found


@pytest.mark.without_guards
def test_revenue_that_is_nowhere_is_found_by_the_proofs():
    ahead()
    with database.owner_connection() as owner:
        owner.execute("SET session_replication_role = replica")
        owner.execute("UPDATE billing_posting SET account_id = 4000 WHERE account_id = 2400")

    assert "deferred_is_billed_less_earned" in {one.check for one in proofs.check_all()}


def test_two_runs_at_once_are_one():
    ahead()
    moved, errors = [], []

    def run():
        try:
            moved.append(recognise(date(2026, 3, 31)))
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    runs = [threading.Thread(target=run) for _number in range(4)]
    for one in runs:
        one.start()
    for one in runs:
        one.join(20)

    assert errors == []
    assert sorted(moved) == [Decimal(0), Decimal(0), Decimal(0), held(4000)]
    assert at_once.broken() == []


@pytest.mark.slow
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    lines=st.lists(
        st.tuples(st.integers(1, 500_000), st.integers(0, 60), st.integers(1, 366)),
        min_size=1,
        max_size=4,
    ),
    nights=st.lists(st.integers(0, 450), min_size=1, max_size=6),
)
def test_whatever_nights_it_runs_and_in_whatever_order_it_ends_the_same(lines, nights):
    """The SQL agrees with the rule, and only the latest night counts."""
    database.empty()
    start, made = date(2026, 1, 1), []
    for cents, offset, length in lines:
        first = start + timedelta(days=offset)
        span = Days(first, first + timedelta(days=length))
        ahead(Decimal(cents) / 100, start=span.start, end=span.end, on=start)
        made.append((Decimal(cents) / 100, span))
    last = start + timedelta(days=max(nights))

    for night in nights:
        recognise(start + timedelta(days=night))

    assert held(4000) == sum(earned(net=net, days=span, as_of=last) for net, span in made)
    recognise(start + timedelta(days=800))
    assert (held(4000), held(2400)) == (sum(net for net, _span in made), Decimal(0))
    assert at_once.broken() == []
