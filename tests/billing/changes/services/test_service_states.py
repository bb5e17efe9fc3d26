"""Services switched by hand: what happens to the line, the money and the customer."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from billing.changes.services import bulk_suspension, service_states, termination
from billing.changes.services.service_states import NotSuspendable
from billing.changes.services.termination import ImpossibleDay
from billing.invoices.models import Invoice, InvoiceLine, Schedule
from billing.invoices.services import invoicing
from billing.pricing.queries import outlook
from billing.receivables.services import voiding
from billing.run.services import cycle
from customers.models import AccountState, Subscription, Suspension
from customers.services import bulk_runs
from customers.services.lifecycle import ImpossibleMove
from ispbill.audit.models import AuditEvent
from ispbill.core.acts import Act
from ispbill.core.errors import ReasonMissing
from ispbill.core.models import Company
from ispbill.notifications.models import Message
from network.models import Access
from tests.factories.accounts import UserFactory
from tests.factories.acts import acting
from tests.factories.billing import scheduled
from tests.factories.customers import CustomerFactory, SubscriptionFactory
from tests.factories.network import AccessFactory
from tests.factories.payments import open_invoice
from tests.laws import at_once

pytestmark = pytest.mark.django_db(transaction=True)

ON = date(2026, 1, 10)
WHY = "asked for on the phone"


def in_use(billed_until=date(2026, 2, 5), **values):
    subscription = SubscriptionFactory(**values)
    scheduled(subscription, billed_until=billed_until)
    return subscription


def suspend(subscription, at, *, kind="CUSTOMER_REQUEST", is_billed=False, on=ON, reason=WHY):
    return service_states.suspend(
        subscription=subscription,
        kind=kind,
        is_billed=is_billed,
        on=on,
        act=Act(None, at, reason=reason),
    )


def reactivate(subscription, at, *, on, reason=WHY):
    return service_states.reactivate(
        subscription=subscription, on=on, act=Act(None, at, reason=reason)
    )


def cancel(subscription, at, *, on=ON, reason=WHY):
    return termination.terminate(
        subscription=subscription, on=on, act=Act(None, at, on=ON, reason=reason)
    ).invoice


def billed_until(subscription):
    return Schedule.objects.get(subscription=subscription).billed_until


def test_activation_bills_the_first_days_opens_the_line_and_says_so(at):
    subscription = SubscriptionFactory(
        status="PENDING", activated_on=None, installation_fee=Decimal("500.00")
    )
    line = AccessFactory(subscription=subscription, desired_state=Access.State.WALLED)

    invoice = service_states.activate(
        subscription=subscription, on=ON, act=Act(UserFactory(), at, reason=WHY)
    )

    # 26 of the 31 days from 5 January to 5 February: 838.71; with 500.00, VAT 15 % on each line
    assert invoice.total_amount == Decimal("500.00") + 75 + Decimal("838.71") + Decimal("125.81")
    line.refresh_from_db()
    assert (line.desired_state, billed_until(subscription)) == ("OPEN", date(2026, 2, 5))
    assert line.owed_event == "service_activated"
    assert not Message.objects.filter(event="service_activated").exists()  # the line is not on yet


def test_activating_twice_bills_once_and_tells_once(at):
    subscription = SubscriptionFactory(status="PENDING", activated_on=None)
    values = {"on": ON, "reason": WHY, "at": at, "actor": None}
    service_states.activate(subscription=subscription, **acting(keeps_on=True, **values))
    subscription.refresh_from_db()

    again = service_states.activate(subscription=subscription, **acting(keeps_on=True, **values))

    assert (again, Invoice.objects.count()) == (None, 1)
    assert Message.objects.filter(event="service_activated", channel="SMS").count() == 1


def test_suspending_closes_the_line_and_tells_the_customer(at):
    subscription = in_use()
    line = AccessFactory(subscription=subscription)

    suspend(subscription, at)

    line.refresh_from_db()
    subscription.refresh_from_db()
    span = Suspension.objects.get()
    assert (line.desired_state, subscription.status) == ("WALLED", "SUSPENDED")
    assert (span.kind, span.is_billed, span.span.lower, span.decision["by"]) == (
        "CUSTOMER_REQUEST",
        False,
        ON,
        "hand",
    )
    assert Message.objects.filter(event="service_suspended").exists()


def test_who_owes_nothing_is_not_cut_off_for_non_payment(at):
    subscription = in_use()

    with pytest.raises(NotSuspendable):
        suspend(subscription, at, kind="NON_PAYMENT")

    assert Suspension.objects.count() == 0


def test_who_owes_can_be_cut_off_by_hand(at):
    subscription = in_use()
    open_invoice(subscription.customer)

    suspend(subscription, at, kind="NON_PAYMENT")

    assert Suspension.objects.get().decision["balance"] == "1150.00"


@pytest.mark.parametrize("verb", ["suspend", "reactivate", "cancel"])
def test_no_switch_without_a_reason(at, verb):
    subscription = in_use()

    with pytest.raises(ReasonMissing):
        {
            "suspend": lambda: suspend(subscription, at, reason="short"),
            "reactivate": lambda: reactivate(subscription, at, on=ON, reason="short"),
            "cancel": lambda: cancel(subscription, at, reason="short"),
        }[verb]()


def test_a_pending_service_cannot_be_suspended_nor_reactivated(at):
    subscription = SubscriptionFactory(status="PENDING", activated_on=None)

    with pytest.raises(ImpossibleMove):
        suspend(subscription, at)
    with pytest.raises(ImpossibleMove):
        reactivate(subscription, at, on=ON)


def test_unbilled_days_of_a_suspension_are_never_billed(at):
    subscription = in_use()
    suspend(subscription, at)
    back = date(2026, 2, 20)
    subscription.refresh_from_db()
    promised = outlook.after_reactivation(
        Subscription.objects.select_related("customer").get(pk=subscription.pk), on=back
    )

    reactivate(subscription, at + timedelta(days=41), on=back)
    cycle.run(on=back, act=Act(None, at))

    spans = [(line.span.lower, line.span.upper) for line in InvoiceLine.objects.order_by("span")]
    assert spans == [(back, date(2026, 3, 5))]
    assert Invoice.objects.get().subtotal_amount == promised.total.net
    assert Message.objects.filter(event="service_reactivated").exists()
    assert at_once.broken() == []


def test_billed_days_of_a_suspension_are_billed(at):
    subscription = in_use()
    suspend(subscription, at, kind="FRAUD", is_billed=True)
    subscription.refresh_from_db()

    reactivate(subscription, at + timedelta(days=41), on=date(2026, 2, 20))

    assert billed_until(subscription) == date(2026, 2, 5)


def test_days_are_skipped_over_suspensions_that_followed_one_another(at):
    subscription = in_use()
    suspend(subscription, at, on=date(2026, 1, 20))
    subscription.refresh_from_db()
    suspend(subscription, at + timedelta(days=30), kind="TECHNICAL", on=date(2026, 2, 10))
    assert billed_until(subscription) == date(2026, 2, 10)
    subscription.refresh_from_db()

    reactivate(subscription, at + timedelta(days=41), on=date(2026, 2, 20))

    assert billed_until(subscription) == date(2026, 2, 20)


def test_reactivating_an_active_service_does_nothing(at):
    subscription = in_use()

    reactivate(subscription, at, on=ON)

    assert Message.objects.count() == 0


def test_cancelling_bills_the_last_days_and_no_more(at):
    subscription = in_use(billed_until=date(2026, 1, 5))
    line = AccessFactory(subscription=subscription)

    invoice = cancel(subscription, at)

    # 5 of the 31 days from 5 January to 5 February
    assert (invoice.subtotal_amount, invoice.due_date) == (Decimal("161.29"), ON)
    line.refresh_from_db()
    subscription.refresh_from_db()
    assert (line.desired_state, subscription.status, subscription.cancelled_on) == (
        "REMOVED",
        "CANCELLED",
        ON,
    )
    assert cycle.run(on=date(2026, 3, 1), act=Act(None, at)).run is None
    assert AccountState.objects.get().next_billing_date is None


def test_cancelling_bills_nothing_when_the_days_are_billed(at):
    subscription = in_use()

    assert cancel(subscription, at) is None
    assert billed_until(subscription) == date(2026, 2, 5)


def test_cancelling_a_frozen_service_bills_only_the_days_before(at):
    subscription = in_use(billed_until=date(2026, 1, 5))
    suspend(subscription, at, on=date(2026, 1, 8))
    subscription.refresh_from_db()

    cancel(subscription, at + timedelta(hours=1))

    line = InvoiceLine.objects.get()
    assert (line.span.lower, line.span.upper) == (date(2026, 1, 5), date(2026, 1, 8))


def test_cancelling_twice_is_once(at):
    subscription = in_use(billed_until=date(2026, 1, 5))
    cancel(subscription, at)
    subscription.refresh_from_db()

    assert cancel(subscription, at) is None
    assert Invoice.objects.count() == 1


@pytest.mark.parametrize("on", [ON + timedelta(days=1), date(2025, 12, 4)])
def test_a_service_ends_between_its_first_day_and_today(at, on):
    with pytest.raises(ImpossibleDay):
        cancel(in_use(), at, on=on)


def test_many_are_suspended_at_once_and_who_owes_nothing_is_left(at):
    owing = [in_use() for _ in range(3)]
    for subscription in owing:
        open_invoice(subscription.customer)
    clear, without = in_use(), CustomerFactory()
    ids = [one.customer_id for one in owing] + [clear.customer_id, without.pk]
    values = {"kind": "NON_PAYMENT", "is_billed": False, "reason": WHY, "on": ON, "at": at}

    tally = service_states.suspend_customers(customer_ids=ids, **acting(actor=None, **values))
    again = service_states.suspend_customers(customer_ids=ids, **acting(actor=None, **values))

    assert (tally.suspended, tally.owing_nothing, again.suspended) == (3, 2, 0)
    assert Subscription.objects.filter(status="SUSPENDED").count() == 3
    assert AuditEvent.objects.filter(action="subscription.suspended").count() == 3


def test_a_bulk_suspension_is_a_job_with_its_counts_and_a_line_for_each(at):
    late, clear = in_use(), in_use()
    open_invoice(late.customer)
    without = CustomerFactory()
    open_invoice(without)
    values = {"kind": "NON_PAYMENT", "is_billed": False, "reason": WHY}
    ids = [late.customer_id, clear.customer_id, without.pk]
    run = bulk_runs.start(
        what=bulk_suspension.WHAT, values=values, customers=ids, act=Act(UserFactory(), at)
    )

    bulk_runs.make(run_id=run.pk, at=at)
    bulk_runs.make(run_id=run.pk, at=at)  # delivered twice

    run.refresh_from_db()
    assert (run.status, run.total, run.processed, run.skipped) == ("COMPLETED", 3, 1, 2)
    told = bulk_runs.result_path(run).read_text(encoding="utf-8-sig").splitlines()
    assert sorted(line.split(",", 2)[2] for line in told[1:]) == [
        "changed,",
        "left as it was,no active service",
        "left as it was,owes nothing",
    ]
    late.refresh_from_db()
    assert late.status == "SUSPENDED"


def test_a_voided_bill_of_several_pieces_is_billed_again_exactly_once(at):
    Company.current()
    Company.objects.update(proration="CALENDAR")
    Company.forget_cached()
    subscription = SubscriptionFactory(status="PENDING", activated_on=None)
    first = service_states.activate(subscription=subscription, on=ON, act=Act(None, at, reason=WHY))
    assert first.lines.count() == 2  # cut at the end of January

    voiding.void(invoice=first, act=Act(None, at, on=ON, reason="wrong package chosen"))
    cycle.run(on=ON, act=Act(None, at))
    cycle.run(on=ON, act=Act(None, at))

    live = InvoiceLine.objects.filter(is_live=True).order_by("span")
    assert [(line.span.lower, line.span.upper) for line in live] == [
        (ON, date(2026, 2, 1)),
        (date(2026, 2, 1), date(2026, 2, 5)),
    ]
    assert AccountState.objects.get().balance_amount == first.total_amount
    assert at_once.broken() == []


def test_a_customer_that_could_not_be_billed_is_billed_by_the_retry(at):
    good, bad = in_use(), in_use()
    # Days of this one are billed already, beyond where its schedule stands.
    blocker = invoicing.issue(
        customer=bad.customer,
        lines=[
            invoicing.NewLine(
                kind="RECURRING",
                description="entered by hand",
                amount=invoicing.Taxed(Decimal("10.00"), Decimal("0.00")),
                tax_rate=Decimal(0),
                subscription=bad,
                days=(date(2026, 2, 10), date(2026, 2, 12)),
            )
        ],
        kind="ADJUSTMENT",
        due_date=ON,
        on=ON,
        act=Act(None, at),
    )
    on = date(2026, 1, 29)
    first = cycle.run(on=on, act=Act(None, at))
    assert (first.run.status, first.failed) == ("PARTIAL", 1)
    assert InvoiceLine.objects.filter(subscription=good).count() == 1

    voiding.void(invoice=blocker, act=Act(None, at, on=ON, reason="entered by mistake"))
    second = cycle.run(on=on, act=Act(None, at))

    assert (second.run.status, second.written.invoices) == ("COMPLETED", 1)
    assert InvoiceLine.objects.filter(subscription=bad, is_live=True).count() == 1
    assert at_once.broken() == []
