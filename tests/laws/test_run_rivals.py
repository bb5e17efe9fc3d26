"""A billing run beside any change of a customer: what is left is what one after the other leaves.

Every deed is done at every point of the run's chunk, by a second connection that may have to wait
for the run. The outcome must be one of the two serial ones: the deed first, or the run first.
"""

import time
from threading import Thread

import pytest
from django.db import connection
from factory.django import DjangoModelFactory

from billing.invoices.models import CreditNote, Invoice, InvoiceLine, Schedule
from billing.pricing.models import Discount, PackageChange, PriceStep
from billing.run.services import cycle
from customers.models import AccountState, Customer, Subscription, SubscriptionAddon, Suspension
from ispbill.core import faults
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from tests import database
from tests.factories.changes import billed_service
from tests.laws import at_once
from tests.laws.run_rivals import AT, DEEDS, ON

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

POINTS = ("begun", "after_lock", "after_plan", "after_lines", "after_postings", "before_commit")

_BALANCES = """
    SELECT account_id, customer_id IS NOT NULL, sum(amount) FROM billing_posting
    GROUP BY 1, 2 HAVING sum(amount) <> 0 ORDER BY 1, 2
"""


def company():
    """Return all that a deed or a run can change, without ids and moments."""
    with connection.cursor() as cursor:
        cursor.execute(_BALANCES)
        balances = cursor.fetchall()
    spans = ("span", "held_span")
    rows = {
        "lines": InvoiceLine.objects.values_list(
            "subscription__line_no",
            "kind",
            "description",
            *spans,
            "net_amount",
            "tax_amount",
            "discount_amount",
            "is_live",
            "account_id",
            "invoice__status",
            "invoice__due_date",
            "invoice__branch__name",
            "invoice__buyer__name",
            "invoice__language",
        ),
        "bills": Invoice.objects.values_list(
            "kind", "status", "total_amount", "paid_amount", "credited_amount", "due_date"
        ),
        "notes": CreditNote.objects.values_list("net_amount", "tax_amount"),
        "discounts": Discount.objects.values_list("label", "span"),
        "addons": SubscriptionAddon.objects.values_list("quantity", "starts_on", "ends_on"),
        "services": Subscription.objects.values_list(
            "line_no",
            "status",
            "price_amount",
            "package__name",
            "billing_day",
            "cycle",
            "mode",
            "cancelled_on",
            "activated_on",
        ),
        "schedules": Schedule.objects.values_list("billed_until", "held_at", "allowed_periods"),
        "changes": PackageChange.objects.values_list("status", "effective_on", "total_amount"),
        "steps": PriceStep.objects.values_list("from_on", "price_amount", "applied_on"),
        "suspensions": Suspension.objects.values_list("kind", "span", "ended_at", "settled_at"),
        "account_states": AccountState.objects.values_list(
            "balance_amount", "oldest_due_date", "next_billing_date", "promised_until"
        ),
        "customers": Customer.objects.values_list("is_tax_exempt", "language", "branch__name"),
    }
    found = {name: sorted(map(str, query)) for name, query in rows.items()}
    return {**found, "balances": balances}


def broken():
    """Return the proofs that fail; a void bill before another leaves days to decide about."""
    return {finding.check for finding in at_once.broken()}


def outcome(deed):
    """Do the deed; return the name of its refusal, if any."""
    try:
        deed()
    except DomainError as error:
        return type(error).__name__
    return ""


def scene(name):
    """Make two customers billed for January, one of them with a deed before it."""
    database.empty()
    for factory in DjangoModelFactory.__subclasses__():
        factory.reset_sequence(force=True)  # the same names in every scene
    deed = DEEDS[name]()
    billed_service()
    return deed


def bill():
    cycle.run(on=ON, act=Act(None, AT))


def serially(name, *, deed_first):
    deed = scene(name)
    if deed_first:
        said = outcome(deed)
        bill()
    else:
        bill()
        said = outcome(deed)
    return said, company()


def raced(name, point):
    """Bill, with the deed done when the run passes the point; it may have to wait for the run."""
    deed = scene(name)
    said, pids = [], []

    def act():
        try:
            connection.ensure_connection()
            pids.append(connection.connection.info.backend_pid)
            said.append(outcome(deed))
        finally:
            connection.close()

    rival = Thread(target=act)

    def let_in():
        rival.start()
        while rival.is_alive() and not (pids and is_blocked(pids[0])):
            time.sleep(0.002)

    with faults.passing(f"billing.chunk.{point}", let_in):
        bill()
    rival.join()
    return said[0], company()


def is_blocked(pid):
    with connection.cursor() as cursor:
        cursor.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", [pid])
        return cursor.fetchone()[0]


@pytest.mark.parametrize("name", DEEDS)
def test_a_run_beside_a_deed_is_one_after_the_other(name):
    first, last = serially(name, deed_first=True), serially(name, deed_first=False)

    for point in POINTS:
        said, left = raced(name, point)

        assert (said, left) in (first, last), f"at {point}: {differences(left, first, last)}"
        allowed = {"every_day_is_billed_or_has_a_reason"} if name == "first_bill_voided" else set()
        assert broken() <= allowed, f"at {point}"


def differences(left, *serial):
    """Say what of the outcome is in neither serial one."""
    found = [
        f"{name}: {sorted(set(map(str, value)) ^ set(map(str, there[name])))}"
        for _said, there in serial
        for name, value in left.items()
        if there[name] != value
    ]
    return "\n".join(found) or "what was said"
