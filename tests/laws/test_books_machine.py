"""Random lives of a small company: whatever happens, in whatever order, the books hold.

After every step all proofs of `check_ledger` are run, and a plain dictionary kept beside the
product says what each customer must owe. The rerun probe bills again and must find nothing.
"""

from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from billing.allocation.models import Payment
from billing.allocation.services import credit
from billing.books.services import closing
from billing.changes.services import activation, returning
from billing.changes.services import coverage as mending
from billing.dunning.services import dunning
from billing.invoices.models import Invoice
from billing.invoices.rules.periods import Period
from billing.ledger.rules import months
from billing.ledger.services import ledger_seals, recognition
from billing.receivables.services import crediting, settlement, voiding
from billing.receivables.services.admission import Asked
from billing.run.services import cycle
from customers.models import AccountState, Subscription
from ispbill.audit.models import JobRun
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.models import Company
from ispbill.reports.queries import coverage
from ispbill.reports.services import figures
from network.services import access
from payments.desk.services import reversing
from tests import database
from tests.factories.accounts import UserFactory
from tests.factories.customers import (
    AreaFactory,
    CustomerFactory,
    PackageFactory,
    SubscriptionFactory,
)
from tests.laws import at_once, trouble
from tests.laws.scale import PARTS, lived

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

WHY = "because the machine says so"


class Books(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        database.empty()
        Company.forget_cached()
        area, package = AreaFactory(), PackageFactory()
        self.owner = UserFactory(role="OWNER")
        self.on = date(2026, 1, 28)
        self.steps = 0
        self.watch = at_once.Watch()
        self.trouble = trouble.Trouble()
        self.owes = {}
        for number, (day, price) in enumerate([(30, "1000.00"), (5, "333.33"), (25, "0.07")]):
            customer = CustomerFactory(area=area, is_tax_exempt=number == 2)
            SubscriptionFactory(
                customer=customer,
                package=package,
                billing_day=day,
                cycle="QUARTERLY" if number == 1 else "MONTHLY",
                price_amount=Decimal(price),
                status="PENDING",
                activated_on=None,
                installation_fee=Decimal("500.00") * (number == 1),
            )
            self.owes[customer.pk] = Decimal(0)

    @property
    def at(self):
        return datetime(self.on.year, self.on.month, self.on.day, 6, tzinfo=UTC) + timedelta(
            seconds=self.steps
        )

    def service(self, which):
        self.steps += 1
        return Subscription.objects.select_related("customer").order_by("pk")[which]

    @rule(kind=st.sampled_from(trouble.KINDS), statement=st.integers(1, 40))
    def something_goes_wrong_next(self, kind, statement):
        self.trouble.comes(kind, statement)

    @rule(days=st.integers(1, 45))
    def time_passes(self, days):
        self.on += timedelta(days=days)

    @rule(which=st.integers(0, 2))
    def activate(self, which):
        service = self.service(which)
        try:
            bill = self.trouble.do(
                activation.activate,
                subscription=service,
                on=self.on,
                act=Act(None, self.at, reason=WHY),
            )
        except DomainError:
            return
        if bill is not None:
            self.owes[service.customer_id] += bill.total_amount

    @rule()
    def bill(self):
        self.steps += 1
        with self.bills():
            self.trouble.do(cycle.run, on=self.on, act=Act(None, self.at))
        self.trouble.do(credit.allocate_credit, act=Act(None, self.at))
        assert cycle.run(on=self.on, act=Act(None, self.at)).run is None  # the rerun probe

    @rule()
    def settle_who_came_back(self):
        """Days in use before a cut that no bill had reached are billed; often, or hardly ever."""
        self.steps += 1
        with self.bills():
            self.trouble.do(returning.settle_all, on=self.on, at=self.at)

    @contextmanager
    def bills(self):
        """What is issued in this block is owed."""
        before = Invoice.objects.order_by("pk").values_list("pk", flat=True).last() or 0
        yield
        for invoice in Invoice.objects.filter(pk__gt=before).order_by("pk"):
            self.owes[invoice.customer_id] += invoice.total_amount

    @rule(which=st.integers(0, 2), cents=st.integers(1, 300_000))
    def pay(self, which, cents):
        service = self.service(which)
        paid = self.trouble.do(
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
        self.owes[service.customer_id] -= paid.payment.amount

    @precondition(lambda self: Payment.objects.filter(status="COMPLETED").exists())
    @rule(newest=st.booleans())
    def reverse_a_payment(self, newest):
        self.steps += 1
        payment = Payment.objects.filter(status="COMPLETED").order_by("-pk" if newest else "pk")[0]
        self.trouble.do(reversing.reverse, payment=payment, act=Act(None, self.at, reason=WHY))
        self.owes[payment.customer_id] += payment.amount

    @rule(newest=st.booleans())
    def void_an_invoice(self, newest):
        self.steps += 1
        invoice = Invoice.objects.filter(status="OPEN").order_by("-pk" if newest else "pk").first()
        if invoice is None:
            return
        try:
            self.trouble.do(
                voiding.void, invoice=invoice, act=Act(None, self.at, on=self.on, reason=WHY)
            )
        except DomainError:
            return
        self.owes[invoice.customer_id] -= invoice.total_amount
        self.leave_days_no_run_will_bill()

    def leave_days_no_run_will_bill(self):
        """An older bill voided leaves days behind the schedule: somebody decides about them."""
        for row in coverage.uncovered(limit=9):
            days = Period(row.start, row.end)
            service = Subscription.objects.get(pk=row.subscription_id)
            mending.leave_days(subscription=service, days=days, act=Act(None, self.at, reason=WHY))

    @rule(newest=st.booleans(), cents=st.integers(1, 200_000), is_lost=st.booleans())
    def credit_an_invoice(self, newest, cents, is_lost):
        self.steps += 1
        invoice = Invoice.objects.filter(status="OPEN").order_by("-pk" if newest else "pk").first()
        if invoice is None:
            return
        net = Decimal(cents) / 100
        try:
            note = self.trouble.do(
                crediting.credit,
                invoice=invoice,
                given=[crediting.Given(line, net) for line in invoice.lines.order_by("pk")],
                kind="WRITE_OFF" if is_lost else "CREDIT",
                on=self.on,
                act=Act(None, self.at, reason=WHY),
            )
        except DomainError:
            return
        self.owes[invoice.customer_id] -= note.total_amount

    @rule()
    def cut_off_who_is_overdue(self):
        self.steps += 1
        self.trouble.do(dunning.suspend_overdue, on=self.on, act=Act(None, self.at))

    @rule()
    def the_night_keeps_the_books(self):
        self.steps += 1
        self.trouble.do(
            recognition.recognise, through=self.on - timedelta(days=1), act=Act(None, self.at)
        )
        self.trouble.do(ledger_seals.seal, on=self.on, at=self.at)
        assert ledger_seals.broken() == []

    @rule(back=st.integers(0, 1))
    def build_the_figures(self, back):
        """By night for yesterday, or in the middle of a day that goes on afterwards."""
        self.steps += 1
        self.trouble.do(figures.build, until=self.on - timedelta(days=back), at=self.at)

    @rule()
    def close_the_months_that_are_over(self):
        """What is closed stays as it was, whatever comes late (the proofs look at it)."""
        self.steps += 1
        JobRun.objects.create(
            job="check_ledger",
            started_at=self.at,
            heartbeat_at=self.at,
            finished_at=self.at,
            status="COMPLETED",
        )
        through = months.first_of(self.on) - timedelta(days=1)
        try:
            self.trouble.do(
                closing.close, through=through, note="", act=Act(self.owner, self.at, on=self.on)
            )
        except DomainError:
            return

    @rule(which=st.integers(0, 2))
    def cancel(self, which):
        service = self.service(which)
        if service.status != Subscription.Status.CANCELLED and self.steps % 7 == 0:
            self.trouble.do(
                access.cancel, subscription=service, act=Act(None, self.at, reason=WHY), on=self.on
            )
            self.say_what_became_of_the_days(service)

    def say_what_became_of_the_days(self, service):
        """This end is the line's alone: the company keeps what is billed, and bills no more."""
        from billing.invoices.models import Schedule
        from billing.ledger.services import account_states
        from billing.pricing.models import DayException
        from billing.pricing.services import day_exceptions

        service.refresh_from_db()
        until = Schedule.objects.filter(subscription=service).values_list("billed_until", flat=True)
        if service.status == Subscription.Status.CANCELLED and service.activated_on and until:
            kept = until[0] > service.cancelled_on
            kind = DayException.Kind.KEPT if kept else DayException.Kind.SKIPPED
            days = sorted([until[0], service.cancelled_on])
            day_exceptions.note(
                subscription=service, kind=kind, days=[days], act=Act(None, self.at, reason=WHY)
            )
        account_states.refresh([service.customer_id])

    @invariant()
    def everyone_owes_what_the_model_says(self):
        balances = dict(AccountState.objects.values_list("customer_id", "balance_amount"))
        assert balances == self.owes

    @invariant()
    def the_books_prove_themselves(self):
        if self.watch.has_changed():
            assert at_once.broken() == []


@pytest.mark.parametrize("part", range(PARTS))
def test_the_books_hold_whatever_happens(part):
    lived(Books, part)
