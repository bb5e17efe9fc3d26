"""Killed between any two steps, or left without an answer: one file, one payment, one reversal."""

import threading
from datetime import date
from decimal import Decimal
from functools import partial

import pytest
from django.db import connections

from billing.allocation.models import Payment
from ispbill.core.acts import Act
from ispbill.reports.queries import proofs
from payments.debits.models import DebitBatch, DebitOrder, DebitStatementLine
from payments.debits.services import run, statements
from tests import database
from tests.factories import debits
from tests.factories.payments import open_invoice
from tests.forked import KILLED, forked
from tests.laws import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

FRIDAY = date(2026, 3, 6)


def process(bank):
    run.process(on=bank.at.date(), at=bank.at)


def follow(bank):
    run.follow(at=bank.at)


def die(bank, point, step):
    """Do a step in a process of its own that ends at a named point."""
    assert forked(partial(step, bank), fault=point) == KILLED


def due(bank, amount="1150.00"):
    mandate = debits.active(bank)
    return mandate, open_invoice(mandate.customer, amount, due=date(2026, 3, 4))


def uploads(bank):
    return len(bank.calls("BatchFileUpload"))


@pytest.mark.parametrize(
    "point",
    [
        "payments.debits.planned_chunk",
        "payments.debits.before_upload",
        "payments.debits.after_upload",
    ],
)
def test_a_run_that_died_is_taken_up_and_sends_one_file(bank, point):
    mandate, _invoice = due(bank)
    die(bank, point, process)
    bank.minutes += 60

    debits.processed(bank)

    live = DebitOrder.objects.exclude(state=DebitOrder.State.DROPPED)
    assert uploads(bank) == 1
    assert [order.state for order in live] == ["ACCEPTED"]
    assert DebitBatch.objects.get(state=DebitBatch.State.AUTHORISED).orders_count == 1
    assert len(bank.picture()["batches"]) == 1


def test_a_lost_answer_to_the_upload_is_looked_up_by_name(bank):
    """F-36: taken by NetCash, told to nobody; sending it again would debit twice."""
    _mandate, _invoice = due(bank)
    bank.switch(lost_answers=1, faults_hit="BatchFileUpload")
    report = run.process(on=bank.day, at=bank.at)
    assert list(report.batches.values()) == ["SENDING"]

    debits.followed(bank)
    run.process(on=bank.day, at=bank.at)
    debits.followed(bank)

    assert uploads(bank) == 1
    batch = debits.only_batch()
    assert (batch.state, batch.load_code) == ("AUTHORISED", "by count and sum")
    assert debits.only_order(_mandate.customer).state == "ACCEPTED"


def test_a_batch_found_smaller_than_it_was_sent_is_shown_to_a_person(bank):
    _mandate, _invoice = due(bank)
    bank.switch(lost_answers=1, faults_hit="BatchFileUpload")
    run.process(on=bank.day, at=bank.at)
    with bank.server.world.changing() as state:
        state["batches"][0]["lines"][0]["cents"] -= 1

    run.follow(at=bank.at)

    batch = debits.only_batch()
    assert (batch.state, batch.is_strange) == ("UPLOADED", True)
    assert "look there" in batch.note
    assert bank.calls("RequestBatchAuthorise") == []


def test_nothing_is_sent_again_while_it_may_still_arrive(bank):
    _mandate, _invoice = due(bank)
    bank.switch(server_errors=1, faults_hit="BatchFileUpload")
    run.process(on=bank.day, at=bank.at)

    report = run.process(on=bank.day, at=bank.at)  # minutes later

    assert uploads(bank) == 0
    assert list(report.batches.values()) == ["SENDING"]


def test_a_batch_given_up_that_arrives_after_all_is_shown_and_never_authorised(bank):
    mandate, _invoice = due(bank)
    bank.switch(lost_answers=1, faults_hit="BatchFileUpload")
    run.process(on=bank.day, at=bank.at)
    with bank.server.world.changing() as state:
        late, state["batches"] = state["batches"], []
    bank.minutes += 60
    debits.processed(bank)
    with bank.server.world.changing() as state:
        state["batches"] = late + state["batches"]

    run.follow(at=bank.at)

    given_up, second = DebitBatch.objects.order_by("pk")
    assert (given_up.state, given_up.is_strange) == ("ABANDONED", True)
    assert second.state == "AUTHORISED"
    assert bank.picture()["batches"][-1]["status"] == 1  # not authorised: it collects nothing


@pytest.mark.parametrize(
    "point",
    [
        "payments.debits.statement_kept",
        "payments.debits.before_collected",
        "payments.debits.line_followed",
    ],
)
def test_dying_over_a_statement_settles_each_line_once(bank, point):
    mandate, _invoice = due(bank)
    debits.processed(bank)
    bank.go_to(FRIDAY)
    bank.minutes += 120
    die(bank, point, follow)

    debits.followed(bank)
    bank.minutes += 7 * 60
    debits.followed(bank)

    assert Payment.objects.count() == 1
    assert debits.only_order(mandate.customer).state == "COLLECTED"
    assert DebitStatementLine.objects.filter(code="TDD").count() == 1
    assert at_once.broken() == []


def test_dying_over_a_returned_debit_reverses_once(bank):
    """F-36."""
    mandate, invoice = due(bank)
    debits.processed(bank)
    bank.go_to(FRIDAY)
    debits.followed(bank)
    bank.result(debits.only_order(mandate.customer), "30")
    bank.go_to(date(2026, 3, 9))
    bank.minutes += 120
    die(bank, "payments.debits.before_returned", follow)
    assert Payment.objects.get().status == "COMPLETED"

    debits.followed(bank)

    invoice.refresh_from_db()
    assert Payment.objects.get().status == "REVERSED"
    assert debits.only_order(mandate.customer).state == "DISPUTED"
    assert invoice.amount_due == Decimal("1150.00")
    assert at_once.broken() == []


def test_dying_between_authorising_and_noting_it_is_seen_in_the_list(bank):
    _mandate, _invoice = due(bank)
    run.process(on=bank.day, at=bank.at)
    die(bank, "payments.debits.authorised", follow)
    assert debits.only_batch().state == "LOADED"

    debits.followed(bank)

    assert debits.only_batch().state == "AUTHORISED"
    assert len(bank.calls("RequestBatchAuthorise")) == 1


def test_a_mandate_whose_sending_died_is_not_sent_twice(bank):
    from payments.debits.services import mandates
    from tests.factories.customers import CustomerFactory

    customer = CustomerFactory(phone="+27825551234")
    method = debits.bank_account(customer, at=bank.at)
    mandate = mandates.request(
        method=method, debit_day=1, ceiling=Decimal(1000), act=Act(None, bank.at)
    )
    die(bank, "payments.debits.mandate_asked", follow)
    debits.followed(bank)
    bank.minutes += 90
    debits.followed(bank)

    mandate.refresh_from_db()
    assert mandate.state == "SENT"
    assert len(bank.calls("AddMandate")) == 1


def test_two_imports_at_once_settle_once(bank):
    mandate, _invoice = due(bank)
    debits.processed(bank)
    bank.go_to(FRIDAY)
    at = bank.at
    line = DebitStatementLine.objects.create(
        statement_date=date(2026, 3, 5),
        transaction_id="77",
        code="TDD",
        effect_amount=Decimal("1150.00"),
        imported_at=at,
        reference=debits.only_order(mandate.customer).reference,
    )

    def follow():
        try:
            statements.follow(at=at)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=follow) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    line.refresh_from_db()
    assert line.outcome == "SETTLED"
    assert Payment.objects.count() == 1


def test_a_second_run_finds_the_first_one_busy(bank):
    from ispbill.core import locks

    _mandate, _invoice = due(bank)
    seen = []

    def rival():
        try:
            seen.append(run.process(on=bank.day, at=bank.at).is_busy)
        finally:
            connections.close_all()

    with locks.only_one("debit-orders"):
        thread = threading.Thread(target=rival)
        thread.start()
        thread.join()

    assert seen == [True]


@pytest.mark.without_guards
@pytest.mark.parametrize(
    ("damage", "check"),
    [
        ("UPDATE payments_debitorder SET amount = amount + 1", "debits_are_payments"),
        ("UPDATE payments_debitorder SET amount = amount + 1", "debits_are_their_parts"),
        (
            "UPDATE billing_posting SET amount = amount + 1 WHERE account_id = 1033",
            "netcash_holds_what_was_collected",
        ),
        ("UPDATE payments_debitstatementline SET outcome = 'NOTED'", "debit_lines_are_followed"),
        (
            "UPDATE payments_debitorder SET state = 'UNPAID', reason_code = '02'",
            "returned_debits_are_reversed",
        ),
        (
            "UPDATE payments_debitstatementline SET effect_amount = -9, outcome = 'BOOKED'",
            "netcash_fees_are_booked",
        ),
    ],
)
def test_check_ledger_finds_a_debit_that_does_not_add_up(bank, damage, check):
    _mandate, _invoice = due(bank)
    debits.processed(bank)
    bank.go_to(FRIDAY)
    debits.followed(bank)
    assert [finding.check for finding in proofs.check_all() if "debit" in finding.check] == []
    with database.owner_connection() as owner:
        owner.execute("SET session_replication_role = replica")
        owner.execute(damage)
        owner.commit()

    assert check in [finding.check for finding in proofs.check_all()]


def test_fees_of_netcash_are_booked_against_what_it_holds(bank):
    from billing.ledger.models import Posting

    bank.switch(fee_per_line=150)
    _mandate, _invoice = due(bank)
    debits.processed(bank)
    bank.go_to(FRIDAY)
    debits.followed(bank)

    held = sum(Posting.objects.filter(account=1033).values_list("amount", flat=True))
    statement = Decimal(bank.picture()["balance"]) / 100
    assert held == statement < Decimal("1150.00")
    assert at_once.broken() == []
