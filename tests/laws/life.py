"""A small company's life, day by day: everybody's habits are drawn from one seed.

The jobs of the timetable run at their own local times; customers pay, forget, overpay, change
package, go on holiday, complain and leave. Nothing here asks the real clock or the server's zone.
"""

import hashlib
import random
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from billing.allocation.models import Payment
from billing.allocation.services import credit
from billing.changes.services import (
    activation,
    change_days,
    package_changes,
    service_states,
    termination,
)
from billing.changes.services.package_changes import RequestedChange
from billing.dunning.services import dunning, late_fees
from billing.invoices.models import Invoice, InvoiceLine, Schedule
from billing.ledger.models import Posting
from billing.ledger.services import recognition
from billing.prepaid.services import prepaid_run
from billing.pricing.services import discounts
from billing.receivables.services import crediting, settlement
from billing.receivables.services.admission import Asked
from billing.run.services import cycle
from customers.models import AccountState, Package, Subscription
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.models import Company
from payments.desk.services import reversing
from tests.factories.accounts import UserFactory
from tests.factories.catalogue import (
    AddonFactory,
    SubscriptionAddonFactory,
    TaxClassFactory,
    TaxRateFactory,
)
from tests.factories.customers import (
    AreaFactory,
    CustomerFactory,
    PackageFactory,
    PackagePriceFactory,
    SubscriptionFactory,
)

ZONE = "Europe/Berlin"  # the clock leaves out two o'clock in March and repeats it in October
WHY = "because life is like that"
BILLING_AT, CUTTING_AT = time(2, 0), time(10, 0)


class Life:
    """The company `of` a seed from `start` on; `day` lives one day."""

    def __init__(self, *, start: date, seed: int, customers: int = 14) -> None:
        self.dice = random.Random(seed)
        self.on = start
        self.acts = 0
        company = Company.current()
        company.time_zone = ZONE
        company.defers_revenue = True
        company.save()
        Company.forget_cached()
        clock.forget()
        self.officer = UserFactory(role="OWNER")
        equipment = TaxClassFactory()
        TaxRateFactory(tax_class=equipment, effective_from=date(2020, 1, 1))
        TaxRateFactory(
            tax_class=equipment, rate=Decimal("0.075"), effective_from=start + timedelta(days=200)
        )
        self.packages = [
            self._package("700.00"),
            self._package("1000.00"),
            self._package("1499.99"),
            self._package("333.33", tax_class=equipment),
        ]
        area, addon = AreaFactory(), AddonFactory(tax_class=equipment)
        for number in range(customers):
            package = self.packages[number % 4]
            price = package.prices.get(cycle="MONTHLY").net_amount
            months = {"MONTHLY": 1, "QUARTERLY": 3, "ANNUAL": 12}
            cycle_code = ["MONTHLY", "MONTHLY", "MONTHLY", "QUARTERLY", "ANNUAL"][number % 5]
            subscription = SubscriptionFactory(
                customer=CustomerFactory(
                    area=area, is_tax_exempt=number == 3, number=f"CT-2027-{number:05d}"
                ),
                connection_id=f"life{number}",
                package=package,
                status="PENDING",
                activated_on=None,
                billing_day=[1, 5, 25, 30, 31][number % 5],
                cycle=cycle_code,
                mode="PREPAID" if number % 7 == 6 else "POSTPAID",
                price_amount=price * months[cycle_code],
                gross_amount=Decimal("1200.00") if number == 8 else None,
                installation_fee=Decimal("500.00") if number % 2 else Decimal(0),
            )
            if number % 3 == 0:
                SubscriptionAddonFactory(
                    subscription=subscription,
                    addon=addon,
                    starts_on=start,
                    created_at=self.at(time(1)),
                )

    def at(self, local: time) -> datetime:
        """Return a moment of the company's day; one that the clock leaves out is an hour later."""
        return datetime.combine(self.on, local, ZoneInfo(ZONE)).astimezone(ZoneInfo("UTC"))

    def day(self) -> None:
        """Live one day: the night's jobs, then people."""
        night, noon = self.at(BILLING_AT), self.at(CUTTING_AT)
        change_days.apply_due(on=self.on, at=night)
        cycle.run(on=self.on, act=Act(None, night))
        credit.allocate_credit(act=Act(None, night))
        prepaid_run.run(act=Act(None, night))
        recognition.recognise(through=self.on - timedelta(days=1), act=Act(None, night))
        dunning.suspend_overdue(on=self.on, act=Act(None, noon))
        late_fees.charge(on=self.on, at=noon)
        for service in Subscription.objects.select_related("customer", "package").order_by("pk"):
            self._live(service)
        prepaid_run.run(act=Act(None, self.at(time(20))))
        self.on += timedelta(days=1)

    def digest(self) -> str:
        """Return one number for everything the books say, without ids and moments."""
        books = (
            sorted(Invoice.objects.values_list("number", "total_amount", "amount_due", "due_date")),
            sorted(
                InvoiceLine.objects.values_list(
                    "subscription__connection_id", "span", "net_amount", "tax_amount"
                ),
                key=str,
            ),
            sorted(
                Posting.objects.values_list("account_id", "entry__posted_on", "amount"), key=str
            ),
            sorted(
                Schedule.objects.values_list("subscription__connection_id", "billed_until"), key=str
            ),
            sorted(AccountState.objects.values_list("customer__number", "balance_amount")),
            sorted(Subscription.objects.values_list("connection_id", "status")),
        )
        return hashlib.sha256(repr(books).encode()).hexdigest()

    def _live(self, service: Subscription) -> None:
        habits: list[tuple[float, Callable[[Subscription], Any]]] = [
            (0.10, self._pay),
            (0.004, self._overpay),
            (0.002, self._take_back),
            (0.003, self._complain),
            (0.004, self._change),
            (0.003, self._holiday),
            (0.003, self._discount),
            (0.0006, self._leave),
        ]
        if service.status == "PENDING":
            habits = [(0.2, self._begin)]
        elif service.status == "SUSPENDED":
            habits = [(0.15, self._pay), (0.1, self._return)]
        elif service.status == "CANCELLED":
            habits = [(0.05, self._pay)]
        for chance, habit in habits:
            if self.dice.random() < chance:
                self.acts += 1
                try:
                    habit(service)
                except DomainError:
                    continue

    def _moment(self) -> datetime:
        return self.at(time(12)) + timedelta(seconds=self.acts % 20_000)

    def _begin(self, service: Subscription) -> None:
        activation.activate(
            subscription=service, on=self.on, act=Act(self.officer, self._moment(), reason=WHY)
        )

    def _pay(self, service: Subscription) -> None:
        owed = AccountState.objects.get(customer=service.customer_id).balance_amount
        if service.mode == "PREPAID":
            owed = max(owed, service.price_amount)
        if owed > 0:
            part = self.dice.choice([Decimal(1), Decimal(1), Decimal("0.5")])
            self._settle(service, (owed * part).quantize(Decimal("0.01")))

    def _overpay(self, service: Subscription) -> None:
        self._settle(service, Decimal(self.dice.randrange(1, 500_000)) / 100)

    def _settle(self, service: Subscription, amount: Decimal) -> None:
        settlement.settle(
            Asked(
                customer_id=service.customer.pk,
                amount=amount,
                method="CASH",
                received_by=None,
                received_at=self._moment(),
                key=f"life-{self.acts}",
                is_repeat_confirmed=True,
                act=Act(self.officer, self._moment()),
            )
        )

    def _take_back(self, service: Subscription) -> None:
        paid = Payment.objects.filter(customer=service.customer_id, status="COMPLETED")
        last = paid.order_by("-pk").first()
        if last is not None:
            reversing.reverse(payment=last, act=Act(self.officer, self._moment(), reason=WHY))

    def _complain(self, service: Subscription) -> None:
        bills = Invoice.objects.filter(customer=service.customer_id, status="OPEN")
        last = bills.order_by("-pk").first()
        if last is not None:
            net = Decimal(self.dice.randrange(1, 30_000)) / 100
            crediting.credit(
                invoice=last,
                given=[crediting.Given(last.lines.order_by("pk")[0], net)],
                on=self.on,
                act=Act(self.officer, self._moment(), reason=WHY),
            )

    def _change(self, service: Subscription) -> None:
        package: Package = self.dice.choice(self.packages)
        when = self.dice.choice(["NOW", "PERIOD_END"])
        change = package_changes.request(
            subscription=service,
            requested=RequestedChange(package, when, "STAFF"),
            fingerprint="",
            requested_by=self.officer,
            on=self.on,
            at=self._moment(),
        )
        package_changes.approve(
            change=change,
            fingerprint="",
            note="",
            act=Act(self.officer, self._moment(), on=self.on),
        )

    def _holiday(self, service: Subscription) -> None:
        service_states.suspend(
            subscription=service,
            kind="CUSTOMER_REQUEST",
            is_billed=False,
            on=self.on,
            act=Act(self.officer, self._moment(), reason=WHY),
        )

    def _return(self, service: Subscription) -> None:
        service_states.reactivate(
            subscription=service, on=self.on, act=Act(self.officer, self._moment(), reason=WHY)
        )

    def _discount(self, service: Subscription) -> None:
        given = discounts.Given(
            "A good year", rate=Decimal("0.15"), cycles=self.dice.randrange(1, 5)
        )
        discounts.grant_own(
            subscription=service,
            given=given,
            act=Act(self.officer, self._moment(), on=self.on, reason=WHY),
        )

    def _leave(self, service: Subscription) -> None:
        termination.terminate(
            subscription=service,
            on=self.on,
            act=Act(self.officer, self._moment(), on=self.on, reason=WHY),
        )

    def _package(self, price: str, **values: Any) -> Package:
        package: Package = PackageFactory(**values)
        net = Decimal(price)
        for cycle_code, months in (("MONTHLY", 1), ("QUARTERLY", 3), ("ANNUAL", 12)):
            amount = net * months
            PackagePriceFactory(
                package=package,
                cycle=cycle_code,
                net_amount=amount,
                tax_rate=Decimal("0.15"),
                gross_amount=(amount * Decimal("1.15")).quantize(Decimal("0.01")),
                effective_from=date(2020, 1, 1),
            )
        return package
