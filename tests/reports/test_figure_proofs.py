"""Every proof of the figures finds what it is there for."""

from datetime import date

import pytest
from django.db import connection

from ispbill.reports.queries import figure_proofs
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
    return {name for name, _meaning, _count, _examples in figure_proofs.broken(5)}


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
