"""A guard that somebody switched off is found the same night."""

import pytest
from django.db import connection

from ispbill.reports.queries import guard_proofs, proofs
from tests.database import owner_connection
from tests.factories.customers import CustomerFactory
from tests.factories.payments import open_invoice, paid

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.without_guards]


def found():
    return {one.check for one in proofs.check_all()}


def test_with_all_guards_on_nothing_is_found():
    assert found() == set()


@pytest.mark.parametrize(
    ("off", "on"),
    [
        (
            "ALTER TABLE billing_posting DISABLE TRIGGER postings_balance",
            "ALTER TABLE billing_posting ENABLE TRIGGER postings_balance",
        ),
        (
            "ALTER TABLE billing_journalentry DISABLE TRIGGER append_only",
            "ALTER TABLE billing_journalentry ENABLE TRIGGER append_only",
        ),
    ],
)
def test_a_trigger_that_is_off_is_found(off, on):
    with owner_connection() as owner:
        owner.execute(off)
    try:
        assert found() == {"guards_are_in_force", "nothing_is_switched_off"}
    finally:
        with owner_connection() as owner:
            owner.execute(on)


def test_row_level_security_that_spares_the_owner_is_found():
    with owner_connection() as owner:
        owner.execute("ALTER TABLE billing_invoice NO FORCE ROW LEVEL SECURITY")
    try:
        assert found() == {"nothing_is_switched_off"}
    finally:
        with owner_connection() as owner:
            owner.execute("ALTER TABLE billing_invoice FORCE ROW LEVEL SECURITY")


@pytest.mark.parametrize("name", guard_proofs._INDEXES)
def test_every_index_that_is_looked_for_is_there_under_its_name(name):
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relname = %s", [name])
        assert cursor.fetchone()[0] == 1


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        (
            "UPDATE billing_journalentry SET source_id = 7, kind = 'X'; "
            "ALTER TABLE billing_journalentry ADD CONSTRAINT journal_entry_once_per_fact "
            "UNIQUE (source_type, source_id, kind, id)",
            "facts_are_booked_once",
        ),
        ("UPDATE billing_allocation SET amount = amount + 1", "allocations_within"),
    ],
)
def test_rows_that_no_guard_held_back_are_found(statement, broken, at):
    customer = CustomerFactory()
    open_invoice(customer)
    open_invoice(customer)
    paid(customer, "2300.00", at=at)
    drop = "ALTER TABLE billing_journalentry DROP CONSTRAINT journal_entry_once_per_fact"
    with owner_connection() as owner:
        owner.execute("SET session_replication_role = replica")
        if "journal_entry_once_per_fact" in statement:
            owner.execute(drop)
        owner.execute(statement)
    try:
        assert broken in found()
    finally:
        with owner_connection() as owner:
            owner.execute("SET session_replication_role = replica")
            if "journal_entry_once_per_fact" in statement:
                owner.execute(drop)
                owner.execute("UPDATE billing_journalentry SET source_id = id")
                owner.execute(
                    "ALTER TABLE billing_journalentry ADD CONSTRAINT journal_entry_once_per_fact"
                    " UNIQUE (source_type, source_id, kind)"
                )
