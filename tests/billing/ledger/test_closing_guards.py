"""The database keeps closed months closed, whoever asks and whatever the program does."""

import threading
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from billing.ledger.models import JournalEntry, PeriodClose, Posting
from billing.ledger.services import ledger
from ispbill.core.acts import Act
from tests.database import app_connection, owner_connection
from tests.factories.accounts import BranchFactory
from tests.factories.billing import chart

pytestmark = pytest.mark.django_db(transaction=True)

JANUARY = {"first_day": date(2026, 1, 1), "last_day": date(2026, 1, 31)}
FEBRUARY = {"first_day": date(2026, 2, 1), "last_day": date(2026, 2, 28)}
AT = datetime(2026, 2, 3, 4, 0, tzinfo=UTC)
NOW = {"entry_count": 0, "turnover_amount": Decimal(0), "closed_at": AT}

GATED = """
    SELECT tgname FROM pg_trigger WHERE tgname = 'entries_in_open_period'
"""


@pytest.fixture
def branch():
    chart()
    return BranchFactory()


def write(branch, on, number=1):
    """An entry as raw as it gets: no service, no rule of ours but the database's."""
    made = JournalEntry.objects.create(
        kind="TEST", source_type="test", source_id=number, posted_on=on, at=AT, branch=branch
    )
    Posting.objects.bulk_create(
        [
            Posting(entry=made, line_no=1, account_id=1000, amount=Decimal("5.00")),
            Posting(entry=made, line_no=2, account_id=4900, amount=Decimal("-5.00")),
        ]
    )
    return made


def test_an_entry_dated_in_a_closed_month_is_refused(branch):
    PeriodClose.objects.create(**JANUARY, **NOW)

    for on in (date(2026, 1, 31), date(2025, 6, 1)):
        with pytest.raises(IntegrityError, match="closed up to 2026-01-31"), transaction.atomic():
            write(branch, on)
    with transaction.atomic():
        assert write(branch, date(2026, 2, 1)).pk


@pytest.mark.without_guards
def test_without_the_trigger_it_would_be_taken(branch):
    """The negative control: it is this trigger that refuses, not something else."""
    PeriodClose.objects.create(**JANUARY, **NOW)
    with owner_connection() as owner:
        owner.execute("ALTER TABLE billing_journalentry DISABLE TRIGGER entries_in_open_period")
    try:
        with transaction.atomic():
            assert write(branch, date(2026, 1, 31)).posted_on == date(2026, 1, 31)
    finally:
        with owner_connection() as owner:
            owner.execute("ALTER TABLE billing_journalentry ENABLE TRIGGER entries_in_open_period")


def test_a_reopened_month_takes_entries_again(branch):
    closed = PeriodClose.objects.create(**JANUARY, **NOW)
    closed.reopened_at, closed.reopen_reason = AT, "the bank sent one more page"
    closed.save()

    with transaction.atomic():
        assert write(branch, date(2026, 1, 31)).pk


@pytest.mark.parametrize("reason", ["", "too short", "          x"])
def test_reopening_without_a_reason_is_refused(reason):
    closed = PeriodClose.objects.create(**JANUARY, **NOW)
    closed.reopened_at, closed.reopen_reason = AT, reason

    with pytest.raises(IntegrityError):
        closed.save()


def test_months_are_closed_in_order_and_reopened_from_the_latest():
    january = PeriodClose.objects.create(**JANUARY, **NOW)
    with pytest.raises(IntegrityError, match="begins the day after"), transaction.atomic():
        PeriodClose.objects.create(first_day=date(2026, 3, 1), last_day=date(2026, 3, 31), **NOW)
    PeriodClose.objects.create(**FEBRUARY, **NOW)

    january.reopened_at, january.reopen_reason = AT, "the bank sent one more page"
    with pytest.raises(IntegrityError, match="the latest first"), transaction.atomic():
        january.save()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE billing_periodclose SET last_day = '2025-12-31'",
        "UPDATE billing_periodclose SET figures = '{}', reopened_at = now(), "
        "reopen_reason = 'made up afterwards', turnover_amount = 1",
        "DELETE FROM billing_periodclose",
        "TRUNCATE billing_periodclose",
    ],
)
def test_a_closing_is_never_rewritten_even_by_its_owner(statement):
    PeriodClose.objects.create(**JANUARY, **NOW)

    with owner_connection() as owner, pytest.raises(Exception, match="append-only|only ever"):
        owner.execute(statement)


@pytest.mark.parametrize(
    "table", ["billing_ledgerseal", "billing_ledgerday", "billing_recognition"]
)
def test_what_was_sealed_or_recognised_is_never_rewritten(table):
    with (
        pytest.raises(DatabaseError, match="append-only|permission"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"DELETE FROM {table}")


def test_late_events_are_booked_on_the_first_open_day_and_say_which_day_they_are_of(branch):
    PeriodClose.objects.create(**JANUARY, **NOW)
    lines = [ledger.Line(1000, Decimal("5.00")), ledger.Line(4900, Decimal("-5.00"))]

    with transaction.atomic():
        late = ledger.post(
            ledger.Fact(
                kind="TEST",
                source_type="test",
                source_id=1,
                lines=lines,
                memo="rent",
                posted_on=date(2026, 1, 20),
                branch_id=branch.pk,
                customer_id=None,
            ),
            act=Act(None, AT),
        )
        timely = ledger.post(
            ledger.Fact(
                kind="TEST",
                source_type="test",
                source_id=2,
                lines=lines,
                memo="rent",
                posted_on=date(2026, 2, 20),
                branch_id=branch.pk,
                customer_id=None,
            ),
            act=Act(None, AT),
        )

    assert (late.posted_on, late.memo) == (date(2026, 2, 1), "rent (of 2026-01-20)")
    assert (timely.posted_on, timely.memo) == (date(2026, 2, 20), "rent")


def test_a_closing_waits_for_whoever_is_posting(branch):
    """A transaction that has asked for its day keeps that day: the closing comes after it."""
    finished = []
    with app_connection() as poster:
        day = poster.execute("SELECT billing_open_day('2026-01-20')").fetchone()[0]
        closing = threading.Thread(target=lambda: finished.append(_close_january()), name="closing")
        closing.start()
        closing.join(0.5)
        was_waiting = closing.is_alive()
        poster.commit()
        closing.join(10)

    assert (day, was_waiting, len(finished)) == (date(2026, 1, 20), True, 1)


def test_whoever_posts_while_a_month_is_being_closed_waits_and_gets_the_open_day(branch):
    days = []

    def ask():
        with app_connection() as poster:
            days.append(poster.execute("SELECT billing_open_day('2026-01-20')").fetchone()[0])

    with app_connection() as closer:
        closer.execute("SELECT pg_advisory_xact_lock(billing_books_gate())")
        asking = threading.Thread(target=ask)
        asking.start()
        asking.join(0.5)
        was_waiting = asking.is_alive()
        _insert(closer)
        closer.commit()
        asking.join(10)

    assert (was_waiting, days) == (True, [date(2026, 2, 1)])


def _close_january():
    with app_connection() as closer:
        _insert(closer)
    return True


def _insert(cursor):
    cursor.execute(
        "INSERT INTO billing_periodclose (first_day, last_day, entry_count, turnover_amount,"
        " figures, note, closed_at, reopen_reason)"
        " VALUES ('2026-01-01', '2026-01-31', 0, 0, '{}', '', now(), '')"
    )
