"""Every proof of the figures finds what it is there for."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection, transaction

from billing.allocation.models import Allocation, Payment
from billing.allocation.services import credit
from billing.invoices.models import Invoice
from billing.ledger.models import PeriodClose
from billing.receivables.services import crediting
from ispbill.audit.services import trail
from ispbill.core.acts import Act
from ispbill.reports.queries import figure_proofs, figures
from tests.factories.accounts import UserFactory
from tests.factories.billing import chart
from tests.factories.payments import paid
from tests.reports.conftest import bill, built, moment, serve

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.without_guards]

BREAKS = {
    "terms_are_the_services_lives": "UPDATE reports_serviceterm SET monthly_amount = 1",
    "terms_follow_each_other": "UPDATE reports_serviceterm SET ends_on = '2026-01-09'",
    "movements_explain_recurring_revenue": "UPDATE reports_monthfigure SET monthly_amount ="
    " monthly_amount + 1 WHERE month = '2026-01-01'",
    "what_moves_between_parts_sums_to_zero": "UPDATE reports_dayfigure SET moved_amount = 5",
    "months_are_their_days": "UPDATE reports_dayfigure SET new_amount = new_amount + 1",
    "figures_are_the_books": "UPDATE reports_dayfigure SET collected_amount = collected_amount + 1",
    "ageing_is_what_is_owed": "UPDATE reports_monthfigure SET due_30_amount = due_30_amount + 1",
}


@pytest.fixture
def company():
    chart()
    customer = serve(since=date(2025, 12, 5)).customer
    bill(customer, "1000.00", on=date(2026, 1, 2))
    paid(customer, "300.00", at=moment(date(2026, 1, 5)))
    built(date(2026, 1, 9))


def broken():
    return {name for name, _meaning, count, _examples in figure_proofs.results(5) if count}


def test_each_proof_has_a_way_to_break_it():
    assert BREAKS.keys() == figure_proofs.CHECKS.keys()


@pytest.mark.parametrize("name", list(BREAKS))
def test_a_figure_changed_by_hand_is_found(company, name):
    before = broken()
    with connection.cursor() as cursor:
        cursor.execute(BREAKS[name])

    assert before == set()
    assert name in broken()


def test_nothing_is_held_against_figures_that_are_not_built_yet(company):
    customer = serve("400.00", since=date(2026, 1, 3)).customer
    bill(customer, "400.00", on=date(2026, 1, 3))

    assert broken() == set()


def test_a_note_dated_before_the_moment_its_money_was_let_go_is_no_debt(company):
    """The note is of the ninth; the payment it made room in is let go on the tenth."""
    invoice = Invoice.objects.get()
    paid(invoice.customer, "700.00", at=moment(date(2026, 1, 6)))
    built(date(2026, 1, 9))
    crediting.credit(
        invoice=invoice,
        given=[crediting.Given(invoice.lines.get(), Decimal("250.00"))],
        on=date(2026, 1, 9),
        act=Act(None, moment(date(2026, 1, 10)), reason="because a test says so"),
    )
    waiting = broken()
    built(date(2026, 1, 9))

    assert (waiting, broken()) == (set(), set())


def test_credit_that_pays_later_on_the_day_built_last_is_no_alarm(company):
    invoice = Invoice.objects.get()
    first = Payment.objects.get()
    paid(invoice.customer, "700.00", at=moment(date(2026, 1, 9), 2))
    built(date(2026, 1, 9))
    with transaction.atomic():
        trail.begin(act=Act(None, moment(date(2026, 1, 9), 6), reason="let go by a test"))
        Allocation.objects.filter(payment=first).update(released_at=moment(date(2026, 1, 9), 6))
    middle = broken()
    credit.allocate_credit(act=Act(None, moment(date(2026, 1, 9), 7)))

    assert (middle, broken()) == (set(), set())


def test_a_paper_of_a_closed_month_booked_later_is_no_alarm(company):
    with transaction.atomic():
        trail.begin(act=Act(None, moment(date(2026, 1, 9)), reason="closed by a test"))
        PeriodClose.objects.create(
            first_day=date(2026, 1, 1),
            last_day=date(2026, 1, 31),
            entry_count=2,
            turnover_amount=Decimal("1300.00"),
            closed_at=moment(date(2026, 2, 1)),
            closed_by=UserFactory(),
            figures={},
        )
    built(date(2026, 1, 31))
    bill(Invoice.objects.get().customer, "55.00", on=date(2026, 1, 31))

    assert broken() == set()


def test_figures_built_while_they_are_proven_are_proven_anew(company, monkeypatch):
    """The proof read how far the figures were built, and somebody built on before it asked."""
    stale = figures.state()
    bill(Invoice.objects.get().customer, "70.00", on=date(2026, 1, 10))
    built(date(2026, 1, 10))
    told = iter([stale])
    now = figures.state
    monkeypatch.setattr(figures, "state", lambda: next(told, None) or now())

    assert broken() == set()
