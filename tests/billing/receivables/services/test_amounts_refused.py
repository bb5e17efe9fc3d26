"""Amounts nobody can have meant, and days that never were, are refused in words."""

from datetime import date
from decimal import Decimal

import pytest

from billing.changes.services import fees, service_states
from billing.invoices.models import Invoice
from billing.pricing.services import discounts, price_changes
from billing.pricing.services.discounts import Given, NotGrantable
from billing.receivables.services import admission, corrections
from billing.receivables.services.corrections import Charge
from customers.models import AccountState
from customers.services.lifecycle import ImpossibleMove
from ispbill.core.acts import Act
from ispbill.core.amounts import AmountRefused
from ispbill.core.models import Company
from tests.billing.pricing.services.test_price_changes import draft
from tests.factories.accounts import UserFactory
from tests.factories.acts import acting
from tests.factories.catalogue import FeeFactory
from tests.factories.changes import billed_service
from tests.factories.payments import paid
from tests.laws import at_once

pytestmark = pytest.mark.django_db(transaction=True)

ON = date(2026, 1, 10)
WHY = "because a test says so"
ABSURD = [Decimal("NaN"), Decimal("Infinity"), Decimal("1e15"), Decimal("0.001")]


@pytest.mark.parametrize("amount", ABSURD)
def test_absurd_amounts_are_refused_in_words(amount, at):
    service, clerk = billed_service(), UserFactory(role="OWNER")
    invoice = service.customer.invoices.get()
    common = {"reason": WHY, "on": ON, "at": at, "actor": clerk}

    with pytest.raises(AmountRefused):
        fees.charge(
            customer=service.customer,
            fee=FeeFactory(),
            quantity=1,
            unit=amount,
            note=WHY,
            key="k",
            act=Act(clerk, at, on=ON),
        )
    with pytest.raises(AmountRefused):
        corrections.write_off(invoice=invoice, amount=amount, **acting(common))
    with pytest.raises(AmountRefused):
        corrections.credit(invoice=invoice, nets={invoice.lines.get().pk: amount}, **acting(common))
    with pytest.raises(AmountRefused):
        corrections.charge(
            customer=service.customer,
            due_date=ON,
            lines=[Charge("OTHER", "Cable", amount, Decimal("0.15"))],
            **acting(common),
        )
    with pytest.raises(AmountRefused):
        discounts.grant_own(subscription=service, given=Given("x", amount=amount), **acting(common))
    with pytest.raises(AmountRefused):
        draft(service.package, at, amount=amount)
    with pytest.raises(AmountRefused):
        admission.check_amount(amount)
    assert price_changes.PriceChange.objects.count() == 0


def test_a_fee_so_often_that_it_overflows_is_refused(at):
    customer = billed_service().customer

    with pytest.raises(AmountRefused, match="too large"):
        fees.charge(
            customer=customer,
            fee=FeeFactory(),
            quantity=99,
            unit=Decimal("99999999999"),
            note=WHY,
            key="k",
            act=Act(None, at, on=ON),
        )


@pytest.mark.parametrize("rate", ["NaN", "0", "1.01", "-0.5"])
def test_a_discount_of_more_than_everything_is_refused(rate, at):
    with pytest.raises(NotGrantable):
        discounts.grant_own(
            subscription=billed_service(),
            given=Given("x", rate=Decimal(rate)),
            act=Act(None, at, on=ON, reason=WHY),
        )


def test_a_service_is_not_suspended_before_its_first_day(at):
    service = billed_service(start=date(2026, 1, 10))

    with pytest.raises(ImpossibleMove, match="not in use yet"):
        service_states.suspend(
            subscription=service,
            kind="CUSTOMER_REQUEST",
            is_billed=False,
            on=date(2026, 1, 9),
            act=Act(None, at, reason=WHY),
        )


def test_credit_pays_a_one_off_charge_at_once(at):
    service = billed_service()
    paid(service.customer, "1550.00", at=at)  # 400.00 more than the bill
    assert Company.current().tax_rate == Decimal("0.15000")

    fees.charge(
        customer=service.customer,
        fee=FeeFactory(),
        quantity=1,
        unit=Decimal("200.00"),
        note=WHY,
        key="k",
        act=Act(None, at, on=ON),
    )

    assert Invoice.objects.filter(amount_due__gt=0).count() == 0
    assert AccountState.objects.get(customer=service.customer).balance_amount == Decimal("-170.00")
    assert at_once.broken() == []
