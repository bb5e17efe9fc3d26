"""Every proof of `check_ledger` finds what it is there for: broken by hand, it is named.

One lived-in company; for each proof something is changed that no guard held back (triggers asleep,
constraints dropped where they stand in the way) in a transaction that is rolled back. That the
product's own verbs break none of them is what the machines show.
"""

import re

import psycopg
import pytest
from django.db import connections

from ispbill.reports.queries import (
    bill_proofs,
    figure_proofs,
    guard_proofs,
    ledger_proofs,
    lifecycle_proofs,
    money_proofs,
    proofs,
    service_proofs,
    voucher_proofs,
)
from tests import database
from tests.laws import at_once
from tests.laws.lived_in import live

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.without_guards]


def one(table, where="true"):
    return f"id = (SELECT min(id) FROM {table} WHERE {where})"


ENTRY = "billing_journalentry"
NOTHING_STOPS = "ALTER TABLE {} DROP CONSTRAINT {}; "
BREAKS = {
    "entries_balance": "UPDATE billing_posting SET amount = amount + 1 WHERE line_no = 1",
    "postings_have_entries": f"DELETE FROM {ENTRY} WHERE {one(ENTRY)}",
    "balances_are_sums": "UPDATE customers_accountstate SET balance_amount = balance_amount + 1",
    "customers_have_account_states": "DELETE FROM customers_accountstate",
    "closed_months_are_unchanged":
        "INSERT INTO billing_periodclose (first_day, last_day, entry_count, turnover_amount,"
        " figures, note, closed_at, reopen_reason)"
        " VALUES ('2026-01-01', '2026-01-31', 1, 1, '{}', '', now(), '')",
    "day_totals_are_sums": "UPDATE billing_ledgerday SET debit_amount = debit_amount + 1",
    "deferred_is_billed_less_earned":
        "UPDATE billing_posting SET account_id = 4000 WHERE account_id = 2400",
    "recognition_is_booked": "UPDATE billing_recognition SET amount = amount + 1",
    "invoices_are_their_lines":
        "DELETE FROM billing_invoiceline WHERE " + one("billing_invoiceline"),
    "invoices_are_booked": f"DELETE FROM {ENTRY} WHERE kind = 'INVOICE'",
    "voids_are_reversed": f"DELETE FROM {ENTRY} WHERE reverses_id IS NOT NULL",
    "days_billed_once":
        NOTHING_STOPS.format("billing_invoiceline", "invoice_line_days_billed_once")
        + "UPDATE billing_invoiceline SET held_span = NULL,"
        " span = daterange('2026-01-05', '2026-02-05') WHERE span IS NOT NULL",
    "addons_are_billed_with_their_service":
        "INSERT INTO customers_addon (code, name, local_name, kind, price_amount, is_public,"
        " description) VALUES ('X', 'Fixed address', '', 'OTHER', 150, true, '');"
        "INSERT INTO customers_subscriptionaddon (subscription_id, customer_id, addon_id, quantity,"
        " price_amount, starts_on, reason, created_at)"
        " SELECT h.subscription_id, h.customer_id, a.id, 1, 150, '2026-01-05', '', now()"
        " FROM billing_schedule h, customers_addon a LIMIT 1",
    "no_day_is_billed_after_the_end":
        "UPDATE customers_subscription SET status = 'CANCELLED', cancelled_on = '2026-01-11'",
    "days_are_billed_at_the_price_in_force":
        "UPDATE customers_subscription SET price_amount = price_amount + 1",
    "discounts_are_given_as_granted":
        "INSERT INTO billing_discount (subscription_id, customer_id, label, rate, is_stackable,"
        " span, reason, granted_at) SELECT subscription_id, customer_id, 'Welcome', 0.1, false,"
        " daterange('2026-01-01', NULL), '', now() FROM billing_schedule LIMIT 1",
    "every_day_is_billed_or_has_a_reason":
        "UPDATE billing_invoiceline SET held_span = NULL,"
        " span = daterange(date '2026-01-08' + id::int * 40, date '2026-01-09' + id::int * 40)"
        " WHERE span IS NOT NULL",
    "schedules_follow_lines":
        "UPDATE billing_schedule SET billed_until = billed_until - 200",
    "numbers_without_gaps":
        "UPDATE billing_invoice SET number = 'INV-2026-00099' WHERE " + one("billing_invoice"),
    "credit_notes_are_their_lines":
        "UPDATE billing_creditnoteline SET customer_id = customer_id + 1",
    "credits_within_charges":
        "UPDATE billing_creditnoteline SET net_amount = net_amount * 100",
    "credited_is_the_sum_of_notes":
        "DELETE FROM billing_creditnote",
    "credit_notes_are_booked": f"DELETE FROM {ENTRY} WHERE source_type = 'credit_note'",
    "credit_notes_without_gaps": "UPDATE billing_creditnote SET number = 'CN-2026-00007'",
    "decided_by_somebody_else":
        NOTHING_STOPS.format("billing_approval", "approval_by_another_person")
        + "INSERT INTO billing_approval (kind, status, customer_id, branch_id, amount, payload,"
        " facts, key, reason, requested_by_id, requested_at, decided_by_id, decided_at, note,"
        " result) SELECT 'REFUND', 'APPROVED', c.id, c.branch_id, 1, '{}', '', '', 'why', u.id,"
        " now(), u.id, now(), '', '' FROM customers_customer c, accounts_user u LIMIT 1",
    "receipts_without_gaps":
        "UPDATE billing_payment SET receipt_number = 'RCP-2026-00099' WHERE "
        + one("billing_payment"),
    "allocations_add_up": "UPDATE billing_allocation SET amount = amount / 2",
    "paid_facts_follow_payments":
        "UPDATE customers_accountstate SET lifetime_value_amount = lifetime_value_amount + 1",
    "payments_are_booked": f"DELETE FROM {ENTRY} WHERE source_type = 'payment'",
    "refunds_add_up": "UPDATE billing_refundpart SET amount = amount / 2",
    "deposits_add_up": "UPDATE billing_depositmove SET amount = amount / 2",
    "money_out_without_gaps": "UPDATE billing_refund SET number = 'RF-2026-00009'",
    "paid_up_is_not_cut_off":
        "UPDATE customers_accountstate SET balance_amount = 0;"
        "UPDATE customers_suspension SET kind = 'NON_PAYMENT'",
    "suspended_has_a_span": "DELETE FROM customers_suspension",
    "state_changes_have_reasons": "UPDATE audit_auditevent SET reason = 'short'",
    "lines_wanted_as_billed": "UPDATE network_access SET desired_state = 'WALLED'",
    "vouchers_are_owed":
        "UPDATE billing_posting SET account_id = 4000 WHERE account_id = 2320",
    "vouchers_are_redeemed_once":
        "UPDATE billing_payment SET method = 'CASH' WHERE method = 'VOUCHER'",
    "voucher_batches_are_whole": "UPDATE payments_voucherbatch SET count = count + 1",
    "voucher_buyers_owe": "UPDATE billing_posting SET account_id = 1150 WHERE account_id = 1000",
    "bridged_days_are_not_billed":
        "INSERT INTO billing_bridgeddays (subscription_id, customer_id, kind, span, reason, at)"
        " SELECT l.subscription_id, i.customer_id, 'GIVEN', l.span, 'given by a test', now()"
        " FROM billing_invoiceline l JOIN billing_invoice i ON i.id = l.invoice_id"
        " WHERE span IS NOT NULL AND held_span IS NULL LIMIT 1",
    "let_go_days_were_given_back": "UPDATE billing_creditnoteline SET days = NULL, net_amount = 0",
    "pauses_are_not_billed_later":
        "UPDATE customers_suspension SET span = daterange('2026-01-06', '2026-01-08');"
        "UPDATE billing_invoice SET issued_on = '2026-01-09'",
    "changes_have_their_papers": "UPDATE billing_packagechange SET total_amount = total_amount + 1",
    "services_have_the_package_of_their_last_change":
        "UPDATE customers_subscription SET package_id = (SELECT package_from_id FROM"
        " billing_packagechange)",
    "facts_are_booked_once":
        NOTHING_STOPS.format(ENTRY, "journal_entry_once_per_fact")
        + f"UPDATE {ENTRY} SET source_id = 7, kind = 'X'",
    "reversals_undo":
        "UPDATE billing_posting SET amount = amount * 2 WHERE entry_id IN"
        f" (SELECT id FROM {ENTRY} WHERE reverses_id IS NOT NULL)",
    "allocations_within": "UPDATE billing_allocation SET amount = amount + 100000",
    "active_days_are_billed":
        "UPDATE billing_schedule SET billed_until = '2026-01-06'",
}  # fmt: skip
# Broken by switching guards off (tests/portals/test_guard_proofs.py).
SWITCHES = {"guards_are_in_force", "nothing_is_switched_off"}


@pytest.fixture
def owner():
    live()
    connections["default"].close()
    with database.owner_connection() as connection:
        yield connection


def asked_of(owner, name):
    """Ask one proof over the owner's own transaction."""
    known = proofs.CHECKS | guard_proofs.CHECKS | proofs.DATED_CHECKS
    query = known[name][1].replace("%(on)s", "date '2026-01-11'").replace("%%", "%")
    return owner.execute(f"SELECT count(*) FROM ({query}) q").fetchone()[0]


def test_every_proof_has_a_way_to_be_broken():
    """Online payments, debit orders, the bank and the cash desk have tests of their own."""
    themes = (
        ledger_proofs,
        bill_proofs,
        money_proofs,
        service_proofs,
        voucher_proofs,
        lifecycle_proofs,
        guard_proofs,
    )
    known = {name for theme in themes for name in theme.CHECKS} | proofs.DATED_CHECKS.keys()

    assert known - SWITCHES == set(BREAKS)


def test_each_proof_finds_what_it_is_there_for_and_nothing_before(owner):
    blind, early = [], []
    owner.execute("SET session_replication_role = replica")
    owner.commit()
    for name, statement in BREAKS.items():
        if asked_of(owner, name):
            early.append(name)
        try:
            for part in statement.split(";"):
                if part.strip():
                    owner.execute(part)
            if not asked_of(owner, name):
                blind.append(name)
        except psycopg.Error as error:
            blind.append((name, str(error)))
        owner.rollback()

    assert (blind, early) == ([], [])


def test_the_machines_ask_the_same_as_the_product(owner):
    assert at_once.names() == {*proofs.CHECKS, *guard_proofs.CHECKS, *figure_proofs.CHECKS}
    assert len(re.findall(r"SELECT '\w+' WHERE EXISTS", at_once.question())) == len(at_once.names())
    assert at_once.broken() == []
    owner.execute("SET session_replication_role = replica")
    for name in ("entries_balance", "payments_are_booked"):
        owner.execute(BREAKS[name])
    owner.execute("UPDATE reports_monthfigure SET monthly_amount = monthly_amount + 1")
    owner.commit()

    found = {finding.check for finding in at_once.broken()}

    assert found >= {"entries_balance", "payments_are_booked"}
    assert found == {finding.check for finding in proofs.check_all()}
