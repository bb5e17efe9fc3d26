"""Random lives of services: changes, pauses, ends and moves, billed early, late and twice.

After every step all proofs hold; the oracle beside the product counts, for each service and day,
what is charged for it net of what was given back: never less than nothing, never for a day switched
off for free that was not billed before it, never twice.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from billing.allocation.services import credit
from billing.changes.queries import changes, new_terms
from billing.changes.services import (
    billing_terms,
    change_days,
    package_changes,
    planned_moves,
    returning,
    service_states,
    termination,
)
from billing.changes.services.package_changes import RequestedChange
from billing.changes.services.planned_moves import Pause
from billing.invoices.models import InvoiceLine, Schedule
from billing.pricing.models import PackageChange
from billing.receivables.services import settlement
from billing.receivables.services.admission import Asked
from billing.run.services import cycle
from customers.models import Suspension
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.models import Company
from ispbill.reports.services import figures
from tests import database
from tests.factories.changes import billed_service, priced_package
from tests.factories.customers import PackagePriceFactory
from tests.laws import at_once, trouble
from tests.laws.scale import PARTS, lived

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

WHY = "because the machine says so"
KINDS = ["CUSTOMER_REQUEST", "TECHNICAL", "FRAUD", "OTHER", "NON_PAYMENT"]


class Lives(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        database.empty()
        Company.forget_cached()
        self.on = date(2026, 1, 28)
        self.steps = 0
        self.watch = at_once.Watch()
        self.trouble = trouble.Trouble()

    @initialize(policy=st.sampled_from(["ANCHOR", "FIXED30", "CALENDAR"]))
    def begin(self, policy):
        company = Company.current()
        company.proration = policy
        company.early_termination = "REMAINING"
        company.save()
        Company.forget_cached()
        self.packages = [priced_package(net) for net in ("1000.00", "333.33", "1500.01")]
        for package in self.packages:
            PackagePriceFactory(
                package=package,
                cycle="QUARTERLY",
                net_amount=Decimal("2500.00"),
                gross_amount=Decimal("2875.00"),
            )
        for day, package in zip((30, 5), self.packages, strict=False):
            billed_service(
                str(package.prices.get(cycle="MONTHLY").net_amount),
                package=package,
                billing_day=day,
                start=self.on,
                contract_ends_on=date(2026, 6, 1),
            )

    @property
    def at(self):
        return datetime(self.on.year, self.on.month, self.on.day, 6, tzinfo=UTC) + timedelta(
            seconds=self.steps
        )

    def service(self, which):
        from customers.models import Subscription

        self.steps += 1
        services = Subscription.objects.select_related("customer__account_state", "package")
        return services.order_by("pk")[which]

    @rule(kind=st.sampled_from(trouble.KINDS), statement=st.integers(1, 40))
    def something_goes_wrong_next(self, kind, statement):
        self.trouble.comes(kind, statement)

    @rule(days=st.integers(1, 40))
    def time_passes(self, days):
        self.on += timedelta(days=days)

    @rule()
    def night(self):
        """The jobs in the order of the timetable; each again right after."""
        self.steps += 1
        for _again in range(2):
            moved = self.trouble.do(planned_moves.run, on=self.on, at=self.at)
            assert moved.stuck == 0
            self.trouble.do(change_days.apply_due, on=self.on, at=self.at)
            self.trouble.do(returning.settle_all, on=self.on, at=self.at)
            self.trouble.do(cycle.run, on=self.on, act=Act(None, self.at))
        self.trouble.do(credit.allocate_credit, act=Act(None, self.at))

    @rule(back=st.integers(0, 1))
    def build_the_figures(self, back):
        """By night for yesterday, or in the middle of a day that goes on afterwards."""
        self.steps += 1
        self.trouble.do(figures.build, until=self.on - timedelta(days=back), at=self.at)

    @rule(which=st.integers(0, 1), package=st.integers(0, 2), end=st.booleans())
    def ask(self, which, package, end):
        service = self.service(which)
        try:
            self.trouble.do(
                package_changes.request,
                subscription=service,
                requested=RequestedChange(
                    self.packages[package], "PERIOD_END" if end else "NOW", "STAFF"
                ),
                fingerprint="",
                requested_by=None,
                on=self.on,
                at=self.at,
            )
        except DomainError:
            return

    @rule(which=st.integers(0, 1))
    def decide(self, which):
        service = self.service(which)
        change = changes.open_change(service)
        if change is None or not change.awaits_decision:
            return
        for _twice in range(2):  # stale the first time, perhaps
            try:
                change = self.trouble.do(
                    package_changes.approve,
                    change=change,
                    fingerprint=change.fingerprint,
                    note="",
                    act=Act(None, self.at, on=self.on),
                )
            except DomainError:
                return

    @rule(which=st.integers(0, 1))
    def withdraw(self, which):
        change = changes.open_change(self.service(which))
        try:
            if change is not None:
                self.trouble.do(
                    package_changes.withdraw, change=change, act=Act(None, self.at, reason=WHY)
                )
        except DomainError:
            return

    @rule(which=st.integers(0, 1), kind=st.sampled_from(KINDS))
    def switch_off(self, which, kind):
        service = self.service(which)
        try:
            self.trouble.do(
                service_states.suspend,
                subscription=service,
                kind=kind,
                is_billed=service_states.bills_by_default(kind),
                on=self.on,
                act=Act(None, self.at, reason=WHY),
            )
        except DomainError:
            return

    @rule(which=st.integers(0, 1))
    def switch_on(self, which):
        try:
            self.trouble.do(
                service_states.reactivate,
                subscription=self.service(which),
                on=self.on,
                act=Act(None, self.at, reason=WHY),
            )
        except DomainError:
            return

    @rule(which=st.integers(0, 1), start=st.integers(0, 20), days=st.integers(1, 20))
    def plan(self, which, start, days):
        first = self.on + timedelta(days=start)
        try:
            self.trouble.do(
                planned_moves.plan_pause,
                subscription=self.service(which),
                wanted=Pause("CUSTOMER_REQUEST", False, first, first + timedelta(days=days)),
                act=Act(None, self.at, on=self.on, reason=WHY),
            )
        except DomainError:
            return

    @rule(which=st.integers(0, 1), day=st.sampled_from([1, 5, 25, 30, 31]), quarter=st.booleans())
    def move_billing(self, which, day, quarter):
        service = self.service(which)
        values = {"cycle": "QUARTERLY" if quarter else "MONTHLY", "billing_day": day}
        try:
            shown = new_terms.preview(service, **values, today=self.on)
            self.trouble.do(
                billing_terms.change,
                subscription=service,
                **values,
                fingerprint=shown.fingerprint,
                act=Act(None, self.at, on=self.on, reason=WHY),
            )
        except DomainError:
            return

    @rule(which=st.integers(0, 1), cents=st.integers(1, 300_000))
    def pay(self, which, cents):
        service = self.service(which)
        self.trouble.do(
            settlement.settle,
            asked=Asked(
                customer_id=service.customer.pk,
                amount=Decimal(cents) / 100,
                method="CASH",
                received_by=None,
                received_at=self.at,
                key=f"machine-{self.steps}",
                act=Act(None, self.at),
                is_repeat_confirmed=True,
            ),
        )
        self.trouble.do(returning.settle_all, on=self.on, at=self.at)

    @rule(which=st.integers(0, 1), back=st.integers(0, 9), meant=st.integers(0, 5))
    def end(self, which, back, meant):
        if meant:
            return  # ends are rare, or nothing else would happen
        try:
            self.trouble.do(
                termination.terminate,
                subscription=self.service(which),
                on=self.on - timedelta(days=back),
                act=Act(None, self.at, on=self.on, reason=WHY),
            )
        except DomainError:
            return

    @invariant()
    def everything_holds(self):
        if self.watch.has_changed():
            assert at_once.broken() == []
            self.no_line_gives_back_more_than_it_charged()
            self.no_day_goes_back_twice()
            self.one_change_waits_at_most()
            self.days_off_for_free_are_skipped()

    def no_line_gives_back_more_than_it_charged(self):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT l.id FROM billing_invoiceline l JOIN billing_creditnoteline c"
                " ON c.line_id = l.id GROUP BY l.id HAVING sum(c.net_amount) > l.net_amount"
                " OR sum(c.tax_amount) > l.tax_amount"
            )
            assert cursor.fetchall() == []
        assert not InvoiceLine.objects.filter(net_amount__lt=0).exists()

    def no_day_goes_back_twice(self):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT a.id FROM billing_creditnoteline a JOIN billing_creditnoteline b"
                " ON a.line_id = b.line_id AND a.id < b.id AND a.days && b.days"
                " JOIN billing_invoiceline l ON l.id = a.line_id"
                " WHERE l.held_span IS NULL"
            )
            assert cursor.fetchall() == []

    def one_change_waits_at_most(self):
        waiting = PackageChange.objects.filter(status__in=PackageChange.OPEN)
        services = list(waiting.values_list("subscription", flat=True))
        assert len(services) == len(set(services))

    def days_off_for_free_are_skipped(self):
        for off in Suspension.objects.filter(is_billed=False, settled_at__isnull=False):
            if off.span.isempty:
                continue
            schedule = Schedule.objects.get(subscription=off.subscription_id)
            assert not off.span.lower <= schedule.billed_until < off.span.upper


@pytest.mark.parametrize("part", range(PARTS))
def test_every_day_is_billed_once_whatever_happens(part):
    lived(Lives, part)
