"""Fees charged once: an invoice of their own."""

from datetime import date
from decimal import Decimal

import pytest

from billing.changes.services import fees
from billing.changes.services.fees import FeeRefused
from billing.invoices.models import Invoice
from ispbill.core.errors import ReasonMissing
from ispbill.notifications.models import Message
from tests.factories.acts import acting
from tests.factories.catalogue import FeeFactory, TaxRateFactory
from tests.factories.customers import CustomerFactory, SubscriptionFactory
from tests.laws import at_once

pytestmark = pytest.mark.django_db(transaction=True)

ON = date(2026, 1, 10)


def charge(at, **values):
    fee = values.pop("fee", None) or FeeFactory(name="Router", account_code=4200)
    given = {
        "customer": values.pop("customer", None) or CustomerFactory(),
        "fee": fee,
        "quantity": 1,
        "unit": fee.net_amount,
        "note": "second router for upstairs",
        "key": "one",
        "on": ON,
        "at": at,
        "actor": None,
        **values,
    }
    return fees.charge(**acting(given))


def test_a_fee_is_an_invoice_of_its_own_with_its_number_and_account(at):
    invoice = charge(at, quantity=2)

    line = invoice.lines.get()
    assert (invoice.kind, invoice.due_date, invoice.total_amount) == (
        "ONE_OFF",
        ON,
        Decimal("460.00"),
    )
    assert (line.quantity, line.unit_amount, line.net_amount, line.account_id) == (
        2,
        Decimal("200.00"),
        Decimal("400.00"),
        4200,
    )
    assert line.explanation["note"] == "second router for upstairs"
    assert Message.objects.filter(event="invoice_issued", channel="SMS").count() == 1
    assert at_once.broken() == []


def test_its_own_tax_and_the_customers_language(at):
    fee = FeeFactory(tax_class=TaxRateFactory().tax_class, local_name="পুনঃসংযোগ")
    invoice = charge(at, fee=fee, customer=CustomerFactory(language="bn"))

    assert (invoice.tax_amount, invoice.lines.get().description) == (Decimal("10.00"), "পুনঃসংযোগ")


def test_the_same_attempt_is_charged_once(at):
    customer, fee = CustomerFactory(), FeeFactory()

    first = charge(at, customer=customer, fee=fee)
    again = charge(at, customer=customer, fee=fee)
    another = charge(at, customer=customer, fee=fee, key="two")

    assert (first.pk == again.pk, first.pk == another.pk) == (True, False)
    assert Invoice.objects.count() == 2


def test_a_fee_that_makes_no_sense_is_refused(at):
    for wrong in (
        {"quantity": 0},
        {"unit": Decimal(-1)},
        {"fee": FeeFactory(archived_at=at)},
        {"subscription": SubscriptionFactory()},
    ):
        with pytest.raises(FeeRefused):
            charge(at, **wrong)
    with pytest.raises(ReasonMissing):
        charge(at, note="short")
    assert Invoice.objects.count() == 0
