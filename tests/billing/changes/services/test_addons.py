"""Add-ons of a service: billed to where the service is billed, given back when ended at once."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from billing.changes.services import addons, service_states
from billing.changes.services.addons import AddonOver, AddonRefused
from billing.invoices.models import CreditNote, Invoice, InvoiceLine, Schedule
from billing.receivables.services import voiding
from billing.run.services import cycle
from customers.models import AccountState, SubscriptionAddon
from ispbill.audit.models import AuditEvent
from ispbill.core.acts import Act
from ispbill.core.errors import ReasonMissing
from ispbill.notifications.models import Message
from tests.billing.pricing.services.test_discounts import without
from tests.factories.billing import scheduled
from tests.factories.catalogue import AddonFactory, SubscriptionAddonFactory, TaxRateFactory
from tests.factories.customers import CustomerFactory, SubscriptionFactory
from tests.laws import at_once

pytestmark = pytest.mark.django_db(transaction=True)

ON = date(2026, 1, 10)
WHY = "asked for on the phone"


def in_use(billed_until=date(2026, 2, 5), **values):
    subscription = SubscriptionFactory(**values)
    scheduled(subscription, billed_until=billed_until)
    return subscription


def attach(subscription, at, *, starts_on=ON, quantity=1, reason=WHY, **values):
    return addons.attach(
        subscription=subscription,
        addon=AddonFactory(price_amount=Decimal("310.00"), **values),
        quantity=quantity,
        starts_on=starts_on,
        act=Act(None, at, on=ON, reason=reason),
    )


def end(row, at, *, is_now=False, on=ON):
    return addons.end(row=row, is_now=is_now, act=Act(None, at, on=on, reason=WHY))


def spans(**which):
    lines = InvoiceLine.objects.filter(**which).order_by("span")
    return [(line.span.lower, line.span.upper) for line in lines]


def test_the_days_already_billed_are_billed_at_once_and_later_ones_with_the_service(at):
    subscription = in_use()

    sold = attach(subscription, at)
    cycle.run(on=date(2026, 1, 30), act=Act(None, at))

    # 26 of the 31 days from 5 January to 5 February: 310.00 × 26 ÷ 31 = 260.00
    line = sold.invoice.lines.get()
    assert (line.item, line.kind, line.net_amount) == (sold.row.pk, "ADDON", Decimal("260.00"))
    assert sold.invoice.kind == "ONE_OFF"
    assert spans(item=sold.row.pk) == [(ON, date(2026, 2, 5)), (date(2026, 2, 5), date(2026, 3, 5))]
    assert Schedule.objects.get().billed_until == date(2026, 3, 5)
    assert Message.objects.filter(event="invoice_issued", channel="SMS").count() == 1
    assert at_once.broken() == []


def test_one_that_starts_where_the_bills_end_is_not_billed_now(at):
    sold = attach(in_use(), at, starts_on=date(2026, 2, 5))

    assert (sold.invoice, Invoice.objects.count()) == (None, 0)
    assert AuditEvent.objects.get(action="addon.attached").reason == WHY


def test_the_quote_is_what_is_billed(at):
    subscription = in_use(cycle="QUARTERLY", billed_until=date(2026, 3, 5))
    addon = AddonFactory(price_amount=Decimal("99.99"))
    shown = addons.quote(subscription=subscription, addon=addon, quantity=3, starts_on=ON, on=ON)

    sold = addons.attach(
        subscription=subscription,
        addon=addon,
        quantity=3,
        starts_on=ON,
        act=Act(None, at, on=ON, reason=WHY),
    )

    assert sum(one.charge.amount.gross for one in shown) == sold.invoice.total_amount
    assert sold.invoice.lines.get().description.endswith("× 3")


def test_its_own_tax_class_and_an_exempt_customer(at):
    tax_class = TaxRateFactory().tax_class
    taxed = attach(in_use(), at, tax_class=tax_class).invoice
    exempt = attach(
        in_use(customer=CustomerFactory(is_tax_exempt=True)), at, tax_class=tax_class
    ).invoice

    assert (taxed.tax_amount, exempt.tax_amount) == (Decimal("13.00"), Decimal("0.00"))


def test_a_waiting_service_has_it_on_its_first_bill(at):
    subscription = SubscriptionFactory(status="PENDING", activated_on=None)
    sold = attach(subscription, at)

    first = service_states.activate(subscription=subscription, on=ON, act=Act(None, at, reason=WHY))

    assert sold.invoice is None
    assert sorted(first.lines.values_list("item", flat=True)) == [0, sold.row.pk]


@pytest.mark.parametrize(
    "wrong",
    [
        {"quantity": 0},
        {"starts_on": date(2025, 12, 9)},
        {"starts_on": date(2027, 2, 1)},
        {"archived_at": "now"},
    ],
)
def test_an_addon_that_cannot_be_sold_is_refused(at, wrong):
    if "archived_at" in wrong:
        wrong = {"archived_at": at}
    with pytest.raises(AddonRefused):
        attach(in_use(), at, **wrong)

    assert SubscriptionAddon.objects.count() == 0


def test_a_suspended_service_takes_none_and_nothing_goes_without_a_reason(at):
    suspended = SubscriptionFactory(status="SUSPENDED", suspended_at=at)

    with pytest.raises(AddonRefused):
        attach(suspended, at)
    with pytest.raises(ReasonMissing):
        attach(in_use(), at, reason="short")


def test_ended_as_usual_it_lasts_as_long_as_it_is_billed(at):
    row = attach(in_use(), at).row

    ended = end(row, at)
    cycle.run(on=date(2026, 1, 30), act=Act(None, at))

    assert (ended.row.ends_on, ended.notes) == (date(2026, 2, 5), [])
    assert spans(item=row.pk) == [(ON, date(2026, 2, 5))]
    with pytest.raises(AddonOver):
        end(row, at)


def test_ended_at_once_the_unused_days_are_given_back_and_let_go(at):
    subscription = in_use()
    sold = attach(subscription, at)

    ended = end(sold.row, at, is_now=True, on=date(2026, 1, 20))

    # 10 days used of 26: 260.00 − 100.00
    note = ended.notes[0]
    line = InvoiceLine.objects.get(item=sold.row.pk)
    assert (note.net_amount, note.tax_amount) == (Decimal("160.00"), Decimal("24.00"))
    assert (line.held_span.lower, line.held_span.upper) == (ON, date(2026, 1, 20))
    assert line.span.upper == date(2026, 2, 5)  # what the paper says stays
    assert AccountState.objects.get().balance_amount == Decimal("115.00")
    assert at_once.broken() == []


def test_ended_before_it_began_everything_is_given_back(at):
    sold = attach(in_use(), at, starts_on=date(2026, 1, 20))

    ended = end(sold.row, at, is_now=True)

    assert ended.row.ends_on == date(2026, 1, 20)
    assert ended.notes[0].total_amount == sold.invoice.total_amount
    assert InvoiceLine.objects.get().held_span.isempty


def test_ending_at_once_gives_back_several_bills(at):
    subscription = in_use()
    row = attach(subscription, at).row
    cycle.run(on=date(2026, 1, 30), act=Act(None, at))

    ended = end(row, at, is_now=True, on=date(2026, 1, 31))

    assert [note.net_amount for note in ended.notes] == [Decimal("50.00"), Decimal("310.00")]
    assert at_once.broken() == []


def test_another_number_from_the_next_bill_on(at):
    row = attach(in_use(), at).row

    ended, sold = addons.change_quantity(
        row=row, quantity=2, is_now=False, act=Act(None, at, on=ON, reason=WHY)
    )
    cycle.run(on=date(2026, 1, 30), act=Act(None, at))

    assert (ended.row.ends_on, sold.row.starts_on, sold.invoice) == (
        date(2026, 2, 5),
        date(2026, 2, 5),
        None,
    )
    assert InvoiceLine.objects.get(item=sold.row.pk).net_amount == Decimal("620.00")


def test_another_number_at_once_is_given_back_and_billed_anew(at):
    row = attach(in_use(), at).row

    ended, sold = addons.change_quantity(
        row=row, quantity=3, is_now=True, act=Act(None, at, on=date(2026, 1, 20), reason=WHY)
    )

    assert ended.notes[0].net_amount == Decimal("160.00")
    assert sold.invoice.subtotal_amount == Decimal("480.00")
    assert CreditNote.objects.count() == 1
    with pytest.raises(AddonRefused):
        addons.change_quantity(
            row=sold.row, quantity=3, is_now=True, act=Act(None, at, on=ON, reason=WHY)
        )
    assert at_once.broken() == []


def test_voiding_an_addons_own_invoice_leaves_the_services_days_alone(at):
    subscription = in_use()
    sold = attach(subscription, at)

    voiding.void(invoice=sold.invoice, act=Act(None, at, on=ON, reason="sold by mistake"))
    end(sold.row, at, is_now=True)
    cycle.run(on=date(2026, 1, 30), act=Act(None, at))

    assert Schedule.objects.get().billed_until == date(2026, 3, 5)
    assert spans(is_live=True) == [(date(2026, 2, 5), date(2026, 3, 5))]
    assert at_once.broken() == []


def priced_anew():
    SubscriptionAddonFactory()
    SubscriptionAddon.objects.update(price_amount=Decimal(1))


def removed():
    SubscriptionAddonFactory()
    SubscriptionAddon.objects.all().delete()


def of_another_customer():
    SubscriptionAddonFactory(customer=CustomerFactory())


GUARDS = [
    (priced_anew, "addon_frozen"),
    (removed, "addon_frozen"),
    (of_another_customer, "own_service"),
]


@pytest.mark.parametrize(("wrong", "_guard"), GUARDS)
def test_the_database_refuses(wrong, _guard):
    with pytest.raises(IntegrityError), transaction.atomic():
        wrong()


@pytest.mark.parametrize(("wrong", "guard"), GUARDS)
def test_without_the_guard_it_would_be_taken(wrong, guard):
    with without(guard, "customers_subscriptionaddon"):
        wrong()
