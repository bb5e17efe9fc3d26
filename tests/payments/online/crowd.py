"""Many people at the same few customers: each does at random what staff and gateways do.

Whoever succeeds writes down what it must have done to the customer's balance and to the money we
hold; whoever is refused by a rule of ours is counted. Nobody may see an error of the database.
"""

import random
import threading
import time
from datetime import date
from decimal import Decimal

from django.db import OperationalError, connection
from psycopg.errors import LockNotAvailable

from billing.allocation.models import Payment
from billing.changes.services import package_changes, service_states
from billing.changes.services.package_changes import RequestedChange
from billing.invoices.models import Invoice
from billing.receivables.services import crediting, settlement
from billing.receivables.services.admission import Asked
from customers.models import Subscription
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from payments.desk.services import reversing
from payments.online.services import inbox, refunds
from tests.factories.payments import open_invoice
from tests.laws.scale import is_over

ON = date(2026, 1, 10)
WHY = "somebody in the crowd wants it"


class Crowd:
    """What all threads share; lists only grow, so that they need no lock of ours."""

    def __init__(self, *, services, packages, notices, clerk, at, seed):
        self.services, self.packages, self.notices = services, packages, notices
        self.clerk, self.at, self.seed = clerk, at, seed
        self.payments, self.changes = [], []
        self.owed = []  # (customer, what it owes more)
        self.held = []  # what we hold more
        self.decided = []  # the change each successful decision was about
        self.acts, self.refusals, self.errors, self.waits = [], [], [], []
        self.notified = set()

    def work(self, *, threads, operations):
        """Do so many operations in so many threads that start together, each on its own line."""
        barrier, start = threading.Barrier(threads), time.monotonic()

        def one(number):
            dice = random.Random(f"{self.seed} {number}")
            share = operations // threads + (number < operations % threads)
            try:
                barrier.wait(timeout=60)
                for _ in range(share):
                    if is_over(start):
                        return
                    self._act(dice)
            finally:
                connection.close()

        crowd = [threading.Thread(target=one, args=(number,)) for number in range(threads)]
        for thread in crowd:
            thread.start()
        for thread in crowd:
            thread.join()

    def _act(self, dice):
        deeds = [
            (18, self.pay),
            (8, self.pay_twice),
            (14, self.hear),
            (8, self.take_back),
            (6, self.pay_out),
            (12, self.charge),
            (8, self.give_credit),
            (7, self.ask),
            (9, self.approve),
            (5, self.cut_off),
            (5, self.reopen),
        ]
        deed = dice.choices([one for _weight, one in deeds], [weight for weight, _one in deeds])[0]
        name = deed.__name__
        try:
            self._until_free(deed, dice, dice.choice(self.services))
        except DomainError as error:
            self.refusals.append(f"{name}: {type(error).__name__}")
        except Exception as error:  # whatever a user would have seen
            self.errors.append(f"{name}: {type(error).__name__}: {error}")
        else:
            self.acts.append(name)

    def _until_free(self, deed, dice, service):
        """Do it; who has waited in vain for a lock (`lock_timeout`) does the same once more.

        Nothing had happened then. A deadlock is another error, and nobody tries that again.
        """
        same = dice.getstate()
        for _time in range(5):
            dice.setstate(same)
            try:
                return deed(dice, service)
            except OperationalError as error:
                if not isinstance(error.__cause__, LockNotAvailable):
                    raise
                self.waits.append(deed.__name__)
        raise AssertionError("no lock was to be had five times")

    # --- money ------------------------------------------------------------------------------

    def pay(self, dice, service, key="", amount=None):
        amount = amount or Decimal(dice.randint(1_000, 150_000)) / 100
        settled = settlement.settle(
            Asked(
                customer_id=service.customer.pk,
                amount=amount,
                method="CASH",
                received_by=None,
                received_at=self.at,
                key=key or f"crowd-{dice.getrandbits(96):x}",
                is_repeat_confirmed=True,
                act=Act(None, self.at),
            )
        )
        if settled.is_new:
            self.owed.append((service.customer_id, -amount))
            self.held.append(amount)
            self.payments.append(settled.payment.pk)

    def pay_twice(self, dice, service):
        """The same form again, perhaps from another thread at this very moment."""
        number = len(self.payments) // 40
        self.pay(dice, service, f"form-{service.pk}-{number}", Decimal(100 + number % 7))

    def hear(self, dice, _service):
        """A gateway's notice, which others hear at the same time."""
        account, fields = notice = dice.choice(self.notices)
        row = inbox.keep(
            account=account, kind="NOTICE", claim="ipn", fields=fields, ip=None, at=self.at
        )
        inbox.work_off(callback_id=row.pk, at=self.at)
        self.notified.add(notice[1]["tran_id"])

    def take_back(self, dice, _service):
        if not self.payments:
            return
        payment = Payment.objects.get(pk=dice.choice(self.payments))
        reversing.reverse(payment=payment, act=Act(None, self.at, reason=WHY))
        self.owed.append((payment.customer_id, payment.amount))
        self.held.append(-payment.amount)

    def pay_out(self, dice, service):
        amount = Decimal(dice.randint(100, 20_000)) / 100
        refunds.refund(
            customer=service.customer,
            amount=amount,
            method="CASH",
            reference="",
            act=Act(self.clerk, self.at, on=ON, reason=WHY),
        )
        self.owed.append((service.customer_id, amount))
        self.held.append(-amount)

    def charge(self, dice, service):
        bill = open_invoice(service.customer, f"{Decimal(dice.randint(1_000, 150_000)) / 100:.2f}")
        self.owed.append((service.customer_id, bill.total_amount))

    def give_credit(self, dice, service):
        bills = Invoice.objects.filter(customer=service.customer_id, status="OPEN")
        bill = bills.order_by("-pk")[dice.randint(0, 2) : 3].first()
        if bill is None:
            return
        given = [crediting.Given(bill.lines.order_by("pk")[0], Decimal(dice.randint(1, 20)))]
        note = crediting.credit(
            invoice=bill, given=given, on=ON, act=Act(None, self.at, reason=WHY)
        )
        self.owed.append((service.customer_id, -note.total_amount))

    # --- services ---------------------------------------------------------------------------

    def ask(self, dice, service):
        change = package_changes.request(
            subscription=service,
            requested=RequestedChange(dice.choice(self.packages), "NOW", "STAFF"),
            fingerprint="",
            requested_by=None,
            on=ON,
            at=self.at,
        )
        self.changes.append(change)

    def approve(self, dice, _service):
        if not self.changes:
            return
        change = dice.choice(self.changes[-6:])  # others decide about it too
        if dice.random() < 0.2:
            package_changes.reject(change=change, note=WHY, act=Act(None, self.at))
            self.decided.append(change.pk)
            return
        change = package_changes.approve(
            change=change, fingerprint=change.fingerprint, note="", act=Act(None, self.at, on=ON)
        )
        if change.status == "APPLIED":
            self.decided.append(change.pk)
            self.owed.append((change.customer_id, change.total_amount))

    def cut_off(self, dice, service):
        service_states.suspend(
            subscription=service,
            kind="NON_PAYMENT",
            is_billed=True,
            on=ON,
            act=Act(None, self.at, reason=WHY),
        )

    def reopen(self, dice, service):
        service_states.reactivate(
            subscription=Subscription.objects.select_related("customer").get(pk=service.pk),
            on=ON,
            act=Act(None, self.at, reason=WHY),
        )
