"""What the database reckons as a reseller's share is what the rule says, written the long way.

`commission_of` splits a payment over the lines it settles in one statement; here the same is gone
through line by line with `resellers.rules.share`.
"""

import json
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.allocation.models import Allocation
from billing.invoices.models import InvoiceLine
from billing.invoices.services import invoicing
from billing.invoices.services.invoicing import NewLine
from ispbill.core.acts import Act
from ispbill.core.money import Taxed, round_money
from resellers.models import PriceLimit
from resellers.rules import share
from tests.factories.customers import CustomerFactory, PackageFactory, SubscriptionFactory
from tests.factories.payments import paid
from tests.factories.resellers import ResellerFactory

pytestmark = pytest.mark.django_db(transaction=True)

DEFAULT, OF_PACKAGE, COMPANY_TAX = Decimal("0.10"), Decimal("0.065"), Decimal("0.15")
BUY = Decimal("31.00")
money = st.decimals(min_value=Decimal("0.01"), max_value=Decimal("999.99"), places=2)
rates = st.sampled_from([Decimal(0), Decimal("0.05"), Decimal("0.15")])
# Of a line: net, tax, whose package (0: none; 1: one with a rate and a price of its own; 2: one
# without), how many.
lines = st.tuples(money, rates, st.integers(0, 2), st.integers(1, 3))
bills = st.lists(st.lists(lines, min_size=1, max_size=3), max_size=2)


def issued(customer, services, drawn, days, at):
    made = [
        NewLine(
            kind="RECURRING" if whose else "ADJUSTMENT",
            description="Internet",
            amount=Taxed(net, round_money(net * rate)),
            tax_rate=rate,
            subscription=services[whose - 1] if whose else None,
            days=next(days) if whose else None,
            quantity=Decimal(quantity if whose else 1),
        )
        for net, rate, whose, quantity in drawn
    ]
    return invoicing.issue(
        customer=customer,
        lines=made,
        kind="ADJUSTMENT",
        due_date=at.date(),
        on=at.date(),
        act=Act(None, at),
    )


def by_database(payment, reseller, plan, packages, *, without_tax):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT base, share FROM commission_of(%s, %s, %s, %s, %s, %s, %s)",
            [
                payment.pk,
                reseller.pk,
                plan,
                DEFAULT,
                json.dumps({str(packages[0].pk): str(OF_PACKAGE)}),
                without_tax,
                COMPANY_TAX if without_tax else Decimal(0),
            ],
        )
        return cursor.fetchone()


def the_long_way(payment, plan, packages, *, without_tax):
    base = earned = settled = Decimal("0.00")
    for part in Allocation.objects.filter(payment=payment, released_at=None):
        settled += part.amount
        rows = InvoiceLine.objects.filter(invoice=part.invoice).order_by("pk")
        wanted = []
        for row in rows:
            is_first = row.subscription_id and row.subscription.package_id == packages[0].pk
            gross = row.net_amount + row.tax_amount
            rate = OF_PACKAGE if is_first else DEFAULT
            wanted.append(share.Settles(gross, rate, row.tax_rate if without_tax else Decimal(0)))
        before = sum(
            one.amount
            for one in Allocation.objects.filter(invoice=part.invoice, pk__lt=part.pk)
            if one.released_at is None
        )
        total = sum(one.gross for one in wanted)
        for row, one in zip(rows, share.of_bill(part.amount, wanted), strict=True):
            base += one.base
            is_first = row.subscription_id and row.subscription.package_id == packages[0].pk
            if plan == "MARGIN" and row.kind == "RECURRING" and is_first:
                earned += share.of_margin(
                    net=row.net_amount,
                    gross=total,
                    buy=BUY * row.quantity,
                    paid_before=before or Decimal(0),
                    paid=part.amount,
                )
            else:
                earned += one.share
    if payment.amount > settled:
        tax = COMPANY_TAX if without_tax else Decimal(0)
        rest = share.of_part(payment.amount - settled, share.Settles(None, DEFAULT, tax))
        base, earned = base + rest.base, earned + rest.share
    return base, earned


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    drawn=bills,
    amounts=st.lists(money, min_size=2, max_size=3),
    plan=st.sampled_from(["PERCENT", "PACKAGE", "MARGIN"]),
    without_tax=st.booleans(),
)
def test_the_database_reckons_the_share_as_the_rule_says(at, drawn, amounts, plan, without_tax):
    with transaction.atomic():
        reseller = ResellerFactory()
        customer = CustomerFactory(reseller_id=reseller.pk)
        packages = PackageFactory(), PackageFactory()
        services = [
            SubscriptionFactory(customer=customer, package=one, line_no=number)
            for number, one in enumerate(packages, start=1)
        ]
        PriceLimit.objects.create(reseller=reseller, package=packages[0], buy_amount=BUY)
        # a service is billed once for a day
        days = ((date(2026, 1, day), date(2026, 1, day + 1)) for day in range(1, 31))
        for one in drawn:
            issued(customer, services, one, days, at)
        for amount in amounts:
            payment = paid(customer, amount, at=at)

            found = by_database(payment, reseller, plan, packages, without_tax=without_tax)

            assert found == the_long_way(payment, plan, packages, without_tax=without_tax)
        transaction.set_rollback(True)
