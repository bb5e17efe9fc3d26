"""Each guard of online payments, bank import, cash desk and debit orders bears load (M6, I14).

With the trigger a violation is refused by its name; without it the same statements get through.
Every constraint that a trigger of these tables speaks of is tried.
"""

from itertools import permutations

import psycopg
import pytest
from django.db import connections

from payments.online.models import PaymentAttempt
from tests import database
from tests.laws import money_scene
from tests.laws.guarding import outcome
from tests.laws.money_violations import CASES
from tests.resellers.test_guards import REWARD

# No test of this file writes through Django: the rows stay, and nobody empties them in between.
pytestmark = [pytest.mark.slow, pytest.mark.without_guards]


@pytest.fixture(scope="module")
def owner(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        database.empty()
        money_scene.live()
        connections["default"].close()
        with database.owner_connection() as connection:
            yield connection
        database.empty()


def name_of(case):
    change = case.statements[-1].split(" SET ")[-1].split(" WHERE ")[0]
    return f"{case.constraint or case.trigger}: {change[:40]}"


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_a_violation_gets_through_only_without_its_trigger(owner, case):
    values = {"query": case.query or None, "before": case.before}
    with_it = outcome(owner, case.statements, **values)
    without = outcome(owner, case.statements, without=[(case.table, case.trigger)], **values)

    if case.constraint:
        assert (with_it, without) == (f"refused: {case.constraint}", "")
    else:
        assert "refused" not in with_it + without
        assert with_it != without


def test_every_constraint_that_a_trigger_of_these_tables_speaks_of_is_tried(owner):
    # Those of the journal's own lines are tried in test_guards.
    tables = sorted({case.table for case in CASES} - {"billing_posting"})
    spoken = owner.execute(
        "SELECT t.tgname, m[1] FROM pg_trigger t, LATERAL regexp_matches("
        " pg_get_functiondef(t.tgfoid), 'CONSTRAINT = ''(\\w+)''', 'g') m"
        " WHERE t.tgrelid::regclass::text = ANY (%s) AND NOT t.tgisinternal",
        [tables],
    ).fetchall()
    owner.rollback()
    tried = {(case.trigger, case.constraint) for case in CASES}

    assert [place for place in spoken if place not in tried and place[0] != REWARD[1]] == []
    assert len(spoken) > 20


# Money may come late, so what failed, was cancelled or is over can still be settled. What is
# settled goes back only with its payment; nothing becomes unpaid or unknown again.
PAYING = {"SETTLED", "HELD", "MISMATCH"}
FORWARD = {
    "STARTED": {"OPEN", "FAILED", "CANCELLED", "EXPIRED", *PAYING},
    "OPEN": {"FAILED", "CANCELLED", "EXPIRED", *PAYING},
    "FAILED": PAYING,
    "CANCELLED": PAYING,
    "EXPIRED": {"FAILED", "CANCELLED", *PAYING},
    "HELD": {"SETTLED", "REFUSED"},
    "MISMATCH": {"SETTLED", "REFUSED"},
    "REFUSED": {"SETTLED"},
    "SETTLED": {"REVERSED"},
    "REVERSED": set(),
}
CREDITED = ("SETTLED", "REVERSED")
ATTEMPTS = "payments_paymentattempt"


def columns_of(state, payment):
    """What stands in an attempt's columns in a state, so that only the way there can be refused."""
    paid = "2000.00" if state in {*PAYING, "REVERSED", "REFUSED"} else "NULL"
    reference = "'V1'" if paid != "NULL" else "''"
    return (
        f"state = '{state}', gateway_reference = {reference}, paid_amount = {paid},"
        f" owed_amount = 2000.00, payment_id = {payment if state in CREDITED else 'NULL'}"
    )


def moved(owner, attempt, payment, old, new):
    """Move one attempt from a state to another by hand; return "" or the constraint that
    refuses."""
    status = "REVERSED" if "REVERSED" in (old, new) else "COMPLETED"
    one = f"WHERE id = {attempt}"
    try:
        owner.execute("SET session_replication_role = replica")
        owner.execute(
            f"UPDATE billing_payment SET status = '{status}', refunded_amount = 0,"
            f" reversal_reason = 'declined', reversed_at ="
            f" CASE WHEN '{status}' = 'REVERSED' THEN now() END WHERE id = {payment}"
        )
        owner.execute(f"UPDATE {ATTEMPTS} SET {columns_of(old, payment)} {one}")
        owner.execute("SET session_replication_role = origin")
        change = columns_of(new, payment)
        if (
            old in CREDITED and new not in CREDITED
        ):  # the way back alone, not the payment taken from it
            change = change.replace("payment_id = NULL", f"payment_id = {payment}")
        owner.execute(f"UPDATE {ATTEMPTS} SET {change} {one}")
        return ""
    except psycopg.Error as error:
        return error.diag.constraint_name
    finally:
        owner.rollback()


def test_a_try_to_pay_moves_along_its_table_and_no_other_way(owner):
    """I14: all 90 pairs of states."""
    attempt, payment = owner.execute(
        f"SELECT id, payment_id FROM {ATTEMPTS} WHERE state = 'SETTLED'"
    ).fetchone()
    owner.rollback()
    states = PaymentAttempt.State.values
    assert FORWARD.keys() == set(states)

    found = {pair: moved(owner, attempt, payment, *pair) for pair in permutations(states, 2)}

    assert len(found) == 90
    assert {pair for pair, refusal in found.items() if not refusal} == {
        (old, new) for old, news in FORWARD.items() for new in news
    }
    assert {refusal for refusal in found.values() if refusal} == {"attempt_moves_forward"}
