"""What the database itself refuses about statements and payouts, whoever writes."""

from decimal import Decimal

import psycopg
import pytest
from django.db import IntegrityError, transaction

from ispbill.core.acts import Act
from payments.bank.models import StatementLine, StatementPart
from payments.bank.services import matching, payouts
from payments.bank.services.matching import Share
from tests.database import app_connection, owner_connection
from tests.factories.accounts import UserFactory
from tests.factories.bank import bank_account, line_of, payout_of
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def line(at):
    found = line_of(bank_account(), "100.00", at=at)
    share = Share(CustomerFactory(), Decimal(100))
    matching.match(line=found, shares=[share], act=Act(None, at))
    return found


@pytest.mark.parametrize(
    ("statement", "guard"),
    [
        ("UPDATE payments_statementline SET open_amount = 50", "statement_line_moved_by_parts"),
        ("UPDATE payments_statementline SET amount = 50", "statement_line_is_frozen"),
        ("UPDATE payments_statementline SET description = 'x'", "statement_line_is_frozen"),
        ("UPDATE payments_statementpart SET amount = 50", "statement_part_is_frozen"),
        ("DELETE FROM payments_statementpart", "statement_part_is_frozen"),
        ("DELETE FROM payments_statementline", "statement_line_is_frozen"),
    ],
)
def test_a_line_and_its_parts_change_by_nobodys_hand(line, statement, guard):
    for connect in (app_connection, owner_connection):
        with connect() as connection, pytest.raises(psycopg.errors.RestrictViolation) as refused:
            connection.execute(statement)
        assert refused.value.diag.constraint_name == guard


def test_a_line_takes_no_part_beyond_its_amount(line, at):
    refused = pytest.raises(IntegrityError, match="statement_line_open_within_amount")
    with refused, transaction.atomic():
        StatementPart.objects.create(
            line=line, kind="ELSEWHERE", amount=Decimal(1), reason="too much of it", at=at
        )
    line.refresh_from_db()
    assert line.open_amount == 0


def test_an_undone_part_stays_undone(line, at):
    part = StatementPart.objects.get()
    StatementPart.objects.filter(pk=part.pk).update(undone_at=at, undone_reason="a mistake it was")

    assert StatementLine.objects.get().open_amount == 100
    with pytest.raises(IntegrityError, match="undone once"), transaction.atomic():
        StatementPart.objects.filter(pk=part.pk).update(undone_at=None, undone_reason="")


def test_a_booked_payout_and_its_lines_stay_as_they_are(at):
    payout = payout_of(bank_account(), at=at)
    payouts.book(payout=payout, act=Act(UserFactory(), at))

    for statement, guard in (
        ("UPDATE payments_settlementimport SET reference = 'x'", "settlement_is_frozen"),
        ("DELETE FROM payments_settlementline", "settlement_line_is_frozen"),
        ("UPDATE payments_settlementline SET row_no = 9", "settlement_line_is_frozen"),
    ):
        with app_connection() as connection:
            with pytest.raises(psycopg.errors.RestrictViolation) as refused:
                connection.execute(statement)
            assert refused.value.diag.constraint_name == guard
