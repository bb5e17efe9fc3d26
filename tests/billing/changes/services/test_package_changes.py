"""Another package: the quote to the cent, carried out once, as shown, or not at all."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError

from billing.changes.services import change_days, package_changes
from billing.changes.services.package_changes import (
    AlreadyAsked,
    AlreadyDecided,
    QuoteChanged,
    RequestedChange,
)
from billing.invoices.models import CreditNote, Invoice, InvoiceLine
from billing.pricing.models import PackageChange
from billing.receivables.services import settlement
from billing.receivables.services.admission import Asked
from billing.run.services import cycle
from customers.models import AccountState, Subscription
from ispbill.audit.models import AuditEvent
from ispbill.core.acts import Act
from ispbill.notifications.models import Message
from tests.factories.changes import approved, asked, billed_service, billed_until, priced_package
from tests.factories.network import AccessFactory
from tests.laws import at_once as every_proof
from tests.rivals import at_once

pytestmark = pytest.mark.django_db(transaction=True)

ON = date(2026, 1, 10)


def pay(service, amount, at):
    settlement.settle(
        Asked(
            customer_id=service.customer.pk,
            amount=Decimal(amount),
            method="CASH",
            received_by=None,
            received_at=at,
            key=f"test-{amount}",
            act=Act(None, at),
        )
    )


def owes(service):
    return AccountState.objects.get(customer=service.customer_id).balance_amount


def test_an_upgrade_costs_the_difference_for_the_days_left_to_the_cent(at):
    service = billed_service("1000.00")
    pay(service, "1150.00", at)
    line = AccessFactory(subscription=service, desired_profile="ispbill-30M-30M")
    better = priced_package("1500.00", name="Home 50", download_mbps=50, upload_mbps=50)

    change = approved(asked(service, better, on=ON, at=at), on=ON, at=at)

    # 26 of the 31 days from 5 January: 838.71 and 1,258.06 net (docs/algorithms/proration.md)
    assert change.status == "APPLIED"
    note, invoice = CreditNote.objects.get(), change.invoice
    assert (note.net_amount, note.tax_amount) == (Decimal("838.71"), Decimal("125.81"))
    assert (invoice.subtotal_amount, invoice.tax_amount) == (Decimal("1258.06"), Decimal("188.71"))
    assert (change.total_amount, owes(service)) == (Decimal("482.25"), Decimal("482.25"))
    invoice.refresh_from_db()
    assert invoice.amount_due == Decimal("482.25")  # what was given back has paid the rest
    service.refresh_from_db()
    line.refresh_from_db()
    assert (service.package, service.price_amount, service.download_mbps) == (
        better,
        Decimal("1500.00"),
        50,
    )
    assert line.desired_profile == "ispbill-50M-50M"
    assert billed_until(service) == date(2026, 2, 5)
    assert Message.objects.filter(event="package_changed").exists()
    assert every_proof.broken() == []


def test_a_downgrade_leaves_credit(at):
    service = billed_service("1500.00")
    pay(service, "1725.00", at)
    smaller = priced_package("1000.00")

    change = approved(asked(service, smaller, on=ON, at=at), on=ON, at=at)

    assert (change.total_amount, owes(service)) == (Decimal("-482.25"), Decimal("-482.25"))
    change.invoice.refresh_from_db()
    assert change.invoice.amount_due == 0
    assert every_proof.broken() == []


def test_the_days_of_the_quote_sum_to_its_amounts(at):
    service, better = billed_service("999.99"), priced_package("1500.01")

    quote = asked(service, better, on=ON, at=at).quote

    assert [day for day, _old, _new in quote["days"]][:2] == ["2026-01-10", "2026-01-11"]
    assert len(quote["days"]) == 26
    assert sum(Decimal(old) for _day, old, _new in quote["days"]) == Decimal(quote["credit"]["net"])
    assert sum(Decimal(new) for _day, _old, new in quote["days"]) == Decimal(quote["charge"]["net"])


def test_the_old_line_keeps_its_words_and_lets_go_of_the_days(at):
    service, better = billed_service(), priced_package("1500.00")

    approved(asked(service, better, on=ON, at=at), on=ON, at=at)

    held = [
        (line.span.lower, line.span.upper, line.held_span and line.held_span.upper)
        for line in InvoiceLine.objects.order_by("pk")
    ]
    assert held == [(date(2026, 1, 5), date(2026, 2, 5), ON), (ON, date(2026, 2, 5), None)]


def test_a_customer_that_has_changed_makes_the_quote_stale(at):
    service, better = billed_service(), priced_package("1500.00")
    change = asked(service, better, on=ON, at=at)
    seen = change.fingerprint
    service.customer.is_tax_exempt = True
    service.customer.save()

    change = approved(change, on=ON, at=at)

    assert (change.status, Invoice.objects.count(), CreditNote.objects.count()) == ("STALE", 1, 0)
    assert change.fingerprint != seen
    # What was seen first is refused again; what is shown now goes through.
    assert approved(change, on=ON, at=at, fingerprint=seen).status == "STALE"
    assert approved(change, on=ON, at=at).status == "APPLIED"
    assert every_proof.broken() == []


def test_the_quote_shown_is_the_quote_charged_while_it_holds(at):
    service, better = billed_service(), priced_package("1500.00")
    change = asked(service, better, on=ON, at=at)
    later = at + timedelta(days=2)

    change = approved(change, on=ON + timedelta(days=2), at=later)

    assert (change.status, change.total_amount) == ("APPLIED", Decimal("482.25"))


def test_a_quote_that_is_over_is_made_anew(at):
    service, better = billed_service(), priced_package("1500.00")
    change = asked(service, better, on=ON, at=at)
    later = at + timedelta(days=4)

    change = approved(change, on=ON + timedelta(days=4), at=later)

    assert (change.status, change.effective_on) == ("STALE", date(2026, 1, 14))


def test_one_request_at_a_time(at):
    service, better, best = billed_service(), priced_package("1500.00"), priced_package("2500.00")
    first = asked(service, better, on=ON, at=at)

    with pytest.raises(AlreadyAsked):
        asked(service, best, on=ON, at=at)

    package_changes.withdraw(change=first, act=Act(None, at))
    assert asked(service, best, on=ON, at=at).status == "REQUESTED"


def test_amounts_that_were_not_shown_are_not_asked_for(at):
    service, better = billed_service(), priced_package("1500.00")

    with pytest.raises(QuoteChanged):
        package_changes.request(
            subscription=service,
            requested=RequestedChange(better, "NOW", "PORTAL"),
            fingerprint="0" * 64,
            requested_by=None,
            on=ON,
            at=at,
        )

    assert not PackageChange.objects.exists()


def test_a_refused_request_says_why(at):
    service, better = billed_service(), priced_package("1500.00")
    change = asked(service, better, on=ON, at=at)

    package_changes.reject(change=change, note="no fibre in that house", act=Act(None, at))

    with pytest.raises(AlreadyDecided):
        approved(change, on=ON, at=at)
    assert Message.objects.filter(event="package_change_rejected").exists()
    assert list(
        AuditEvent.objects.filter(action__startswith="package_change.")
        .order_by("pk")
        .values_list("action", flat=True)
    ) == ["package_change.requested", "package_change.rejected"]


def test_nothing_is_given_back_beyond_what_was_charged(at):
    from billing.pricing.models import Discount

    service = billed_service("1000.00", start=date(2026, 1, 10))  # a stub of 838.71
    better = priced_package("1500.00")
    assert Discount.objects.count() == 0

    change = approved(
        asked(service, better, on=date(2026, 1, 20), at=at), on=date(2026, 1, 20), at=at
    )

    # 16 of the 26 days that cost 838.71, and 16 of the 26 that would have cost 1,258.06
    assert change.quote["credit"]["net"] == "516.13"
    assert change.quote["charge"]["net"] == "774.19"
    assert every_proof.broken() == []


def test_a_change_to_the_same_price_is_free(at):
    service, other = billed_service("999.99", billing_day=28), priced_package("999.99")

    change = approved(asked(service, other, on=ON, at=at), on=ON, at=at)

    assert change.total_amount == 0
    assert Subscription.objects.get(pk=service.pk).package == other
    assert every_proof.broken() == []


def test_a_change_at_period_end_waits_for_its_day_and_is_billed_from_it(at):
    service, smaller = billed_service("1500.00"), priced_package("1000.00", name="Home 30")
    line = AccessFactory(subscription=service, desired_profile="ispbill-50M-50M")
    change = approved(asked(service, smaller, on=ON, at=at, effective="PERIOD_END"), on=ON, at=at)
    assert (change.status, change.effective_on, change.total_amount) == (
        "APPROVED",
        date(2026, 2, 5),
        0,
    )

    cycle.run(
        on=date(2026, 1, 29), act=Act(None, at)
    )  # bills the February period, ahead of its day

    bill = InvoiceLine.objects.order_by("-pk")[0]
    assert (bill.description, bill.net_amount) == ("Home 30", Decimal("1000.00"))
    service.refresh_from_db()
    assert service.package_id == change.package_from_id
    change_days.apply_due(on=date(2026, 2, 4), at=at)
    assert Subscription.objects.get(pk=service.pk).package_id == change.package_from_id
    for day in (date(2026, 2, 5), date(2026, 2, 9)):  # on its day; and late, or again
        change_days.apply_due(on=day, at=at)
    service.refresh_from_db()
    line.refresh_from_db()
    assert (service.package, service.price_amount, line.desired_profile) == (
        smaller,
        Decimal("1000.00"),
        "ispbill-30M-30M",
    )
    assert Message.objects.filter(event="package_changed", channel="SMS").count() == 1
    cycle.run(on=date(2026, 2, 26), act=Act(None, at))
    assert [line.net_amount for line in InvoiceLine.objects.order_by("pk")] == [
        Decimal("1500.00"),
        Decimal("1000.00"),
        Decimal("1000.00"),
    ]
    assert every_proof.broken() == []


def test_an_approved_change_can_be_withdrawn_until_its_first_bill(at):
    service, smaller = billed_service("1500.00"), priced_package("1000.00")
    change = approved(asked(service, smaller, on=ON, at=at, effective="PERIOD_END"), on=ON, at=at)
    cycle.run(on=date(2026, 1, 29), act=Act(None, at))

    with pytest.raises(AlreadyDecided):
        package_changes.withdraw(change=change, act=Act(None, at))


def test_approving_twice_at_once_is_approving_once(at):
    service, better = billed_service(), priced_package("1500.00")
    change = asked(service, better, on=ON, at=at)

    results = at_once(4, lambda: approved(change, on=ON, at=at).status)

    assert sorted(map(str, results)) == ["APPLIED", *["AlreadyDecided"] * 3]
    assert (Invoice.objects.filter(kind="CHANGE").count(), CreditNote.objects.count()) == (1, 1)
    assert every_proof.broken() == []


def test_a_request_names_a_service_of_its_own_customer(at):
    own, strange = billed_service("1000.00"), billed_service("1000.00")
    change = asked(own, priced_package("1500.00"), on=ON, at=at)
    values = {field.attname: getattr(change, field.attname) for field in change._meta.fields}

    with pytest.raises(IntegrityError, match="service"):
        PackageChange.objects.create(**{**values, "id": None, "subscription_id": strange.pk})
