"""Random prepaid lives: topped up, frozen, given days, forgotten by the job and found again.

After every step: nobody owes, every proof of `check_ledger` holds, no day is covered twice, and
every day of use before the day the service is paid until is covered exactly once, by a line of a
bill or by days lent or given. What the credit pays is exactly what the bills say.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from billing.allocation.models import Payment
from billing.changes.services import activation, service_states
from billing.invoices.models import Invoice, InvoiceLine, Schedule
from billing.prepaid.models import BridgedDays
from billing.prepaid.services import prepaid_run, prepaid_terms, renewal
from customers.models import AccountState, Subscription, Suspension
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.models import Company
from payments.prepaid.services import vouchers
from tests import database
from tests.factories.accounts import UserFactory
from tests.factories.customers import (
    AreaFactory,
    CustomerFactory,
    PackageFactory,
    SubscriptionFactory,
)
from tests.factories.network import AccessFactory
from tests.factories.payments import codes_of, paid, voucher_batch
from tests.laws import at_once, trouble
from tests.laws.scale import PARTS, lived

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

WHY = "because the machine says so"
DAY = timedelta(days=1)


class PrepaidLives(RuleBasedStateMachine):
    grace_hours = 0
    start = "ROLLING"

    def __init__(self):
        super().__init__()
        database.empty()
        Company.forget_cached()
        Company.current()
        Company.objects.update(
            prepaid_grace_hours=self.grace_hours, prepaid_start=self.start, prepaid_gift_days=400
        )
        Company.forget_cached()
        self.watch = at_once.Watch()
        self.trouble = trouble.Trouble()
        self.at = datetime(2026, 1, 29, 6, tzinfo=UTC)
        self.staff = UserFactory()
        area, package = AreaFactory(), PackageFactory()
        customer = CustomerFactory(area=area)
        for line, (day, price) in enumerate([(31, "1000.00"), (5, "333.33")], start=1):
            service = SubscriptionFactory(
                customer=customer,
                package=package,
                line_no=line,
                billing_day=day,
                price_amount=Decimal(price),
                mode="PREPAID",
                status="PENDING",
                activated_on=None,
            )
            AccessFactory(subscription=service, desired_state="WALLED")
            activation.activate(
                subscription=service, on=self.on, act=Act(None, self.at, reason=WHY)
            )
        self.cards = codes_of(
            voucher_batch(at=self.at, count=40, value="383.33", valid_until=date(2099, 1, 1))
        )

    @property
    def on(self):
        return (self.at + timedelta(hours=6)).date()  # Dhaka

    def service(self, which):
        self.at += timedelta(seconds=1)
        return Subscription.objects.select_related("customer").order_by("pk")[which]

    @rule(kind=st.sampled_from(trouble.KINDS), statement=st.integers(1, 40))
    def something_goes_wrong_next(self, kind, statement):
        self.trouble.comes(kind, statement)

    @rule(hours=st.integers(1, 24 * 40), is_late=st.booleans())
    def time_passes(self, hours, is_late):
        """The job runs each day, or comes back only after the whole time."""
        ends = self.at + timedelta(hours=hours)
        while not is_late and self.at + DAY < ends:
            self.at += DAY
            self.trouble.do(prepaid_run.run, act=Act(None, self.at))
        self.at = ends
        self.trouble.do(prepaid_run.run, act=Act(None, self.at))
        again = self.trouble.do(prepaid_run.run, act=Act(None, self.at))
        assert (again.renewed, again.closed) == (0, 0)

    @rule(cents=st.integers(1, 300_000))
    def top_up(self, cents):
        paid(self.service(0).customer, Decimal(cents) / 100, at=self.at)

    @rule()
    def redeem_a_card(self):
        self.trouble.do(
            vouchers.redeem,
            typed=self.cards.pop(),
            customer=self.service(0).customer,
            act=Act(None, self.at),
        )

    @rule(which=st.integers(0, 1), periods=st.integers(1, 3))
    def renew(self, which, periods):
        before = Invoice.objects.count()
        try:
            renewal.renew(subscription=self.service(which), act=Act(None, self.at), periods=periods)
        except DomainError:
            assert Invoice.objects.count() == before

    @rule(which=st.integers(0, 1))
    def look_at_a_quote(self, which):
        service = self.service(which)
        before = _schedules()
        try:
            quoted = renewal.quote(subscription=service, at=self.at)
        except DomainError:
            return
        assert before == list(
            Schedule.objects.order_by("pk").values_list("billed_until", flat=True)
        )
        if not quoted.missing:
            with transaction.atomic():
                done = renewal.renew(subscription=service, act=Act(None, self.at))
                transaction.set_rollback(True)
            assert (done.amount, done.expires_on) == (quoted.amount, quoted.expires_on)

    @rule(which=st.integers(0, 1))
    def freeze_or_return(self, which):
        service = self.service(which)
        try:
            if service.status == Subscription.Status.ACTIVE:
                self.trouble.do(
                    service_states.suspend,
                    subscription=service,
                    kind="CUSTOMER_REQUEST",
                    is_billed=False,
                    on=self.on,
                    act=Act(None, self.at, reason=WHY),
                )
            else:
                self.trouble.do(
                    service_states.reactivate,
                    subscription=service,
                    on=self.on,
                    act=Act(None, self.at, reason=WHY),
                )
        except DomainError:
            return

    @rule(which=st.integers(0, 1), days=st.integers(1, 40))
    def give_days(self, which, days):
        try:
            self.trouble.do(
                prepaid_terms.give_days,
                subscription=self.service(which),
                days=days,
                act=Act(self.staff, self.at, reason=WHY),
            )
        except DomainError:
            return

    @rule(which=st.integers(0, 1), is_on=st.booleans())
    def choose(self, which, is_on):
        try:
            self.trouble.do(
                prepaid_terms.choose_renewal,
                subscription=self.service(which),
                is_on=is_on,
                act=Act(None, self.at),
            )
        except DomainError:
            return

    @invariant()
    def nobody_owes_and_every_bill_is_paid(self):
        balance = AccountState.objects.get().balance_amount
        assert balance <= 0
        assert all(invoice.amount_due == 0 for invoice in Invoice.objects.all())
        money = sum((payment.amount for payment in Payment.objects.all()), Decimal(0))
        billed = sum(
            (bill.total_amount - bill.credited_amount for bill in Invoice.objects.all()), Decimal(0)
        )  # a pause gives back days that were paid for
        assert money - billed == -balance

    @invariant()
    def every_day_of_use_is_covered_exactly_once(self):
        for service in Subscription.objects.all():
            upto = Schedule.objects.get(subscription=service).billed_until
            covered = _days(InvoiceLine.objects.filter(subscription=service), upto)
            bridged = _days(BridgedDays.objects.filter(subscription=service), upto)
            both = sorted(covered + bridged)
            assert len(both) == len(set(both))
            off = set(_days(Suspension.objects.filter(subscription=service), upto))
            used = set()
            day = service.activated_on
            while day < upto:
                if day not in off:
                    used.add(day)
                day += DAY
            assert used <= set(both)

    @invariant()
    def the_books_hold(self):
        if self.watch.has_changed():
            assert at_once.broken() == []


def _schedules():
    return list(Schedule.objects.order_by("pk").values_list("billed_until", flat=True))


def _days(rows, upto):
    found = []
    for span in rows.values_list("span", flat=True):
        if span.isempty:
            continue
        day, end = span.lower, min(span.upper or upto, upto)
        while day < end:
            found.append(day)
            day += DAY
    return found


KINDS = [(0, "ROLLING"), (60, "ROLLING"), (36, "BILLING_DAY")]


@pytest.mark.parametrize("part", range(PARTS))
def test_random_prepaid_lives(part):
    grace_hours, start = KINDS[part % len(KINDS)]
    lived(type("Kind", (PrepaidLives,), {"grace_hours": grace_hours, "start": start}), part)
