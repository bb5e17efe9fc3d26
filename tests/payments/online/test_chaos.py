"""Random orders of everything that can happen to online payments; the money must come out right.

Customers start, pay, pay twice, cancel; notices come, come again, come late or never; pages come
back; the gateway is silent after it took the money; workers die between any two steps; the bank
takes money back; money is sent back. At the end every try is asked about until it has ended. Then
what we credited is exactly what the gateway says was paid and stands, no more and no less, and
every proof of the books holds. (M4, M5, F-16 to F-18, F-20.)

`PROVE=full` runs the full figure; the floor runs in every suite.
"""

import contextlib
import random
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import Sum

from billing.models import Invoice
from ispbill.reports.queries import proofs
from payments.models import (
    GatewayCallback,
    GatewayRefund,
    Payment,
    PaymentAttempt,
)
from payments.services import refunds
from payments.services.gateways import inbox, reconciling, refunding
from payments.services.gateways.starting import GatewayUnavailable
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.payments import open_invoice
from tests.laws.scale import tried

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

SEEDS, STEPS = tried(floor=3, full=40), tried(floor=70, full=250)
SILENCE = ["error_500", "lost_answer", "html", "empty", "truncated", "null", "wrong_types"]
ONES_THAT_PAY = ["success", "ipn_only", "no_ipn", "silent", "twice", "bad_hash"]
WHY = "sent back in the course of a random life"


class Killed(BaseException):
    """A worker that died: nothing after it runs, nothing catches it."""


class Life:
    """One random life of a shop; every choice comes from the seed."""

    def __init__(self, shop, seed):
        self.shop, self.dice = shop, random.Random(seed)
        self.now = shop.at
        self.customers = [CustomerFactory() for _ in range(4)]
        self.attempts = []
        self.leaving = []
        self.clerk = UserFactory()

    def live(self, steps):
        deeds = [
            (6, self.start), (8, self.pay), (2, self.give_up), (8, self.notice), (4, self.forge),
            (5, self.come_back), (6, self.work), (4, self.ask), (2, self.take_back),
            (2, self.send_back), (3, self.be_silent), (4, self.wait), (4, self.bill), (3, self.die),
        ]  # fmt: skip
        weights = [weight for weight, _deed in deeds]
        for _ in range(steps):
            self.dice.choices(deeds, weights)[0][1]()

    def bill(self):
        open_invoice(self.dice.choice(self.customers), self.dice.choice(["600.00", "1150.00"]))

    def start(self):
        amount = self.dice.choice(["600.00", "1150.00", "2000.00"])
        try:
            attempt = self.shop.start(amount, customer=self.dice.choice(self.customers))
        except GatewayUnavailable:
            return
        if attempt not in self.attempts:
            self.attempts.append(attempt)

    def pay(self):
        for attempt in self.pick():
            self.press(attempt, self.dice.choice([*ONES_THAT_PAY, "risk", "wrong_amount"]))

    def give_up(self):
        for attempt in self.pick():
            self.press(attempt, self.dice.choice(["cancel", "insufficient", "expire", "close"]))

    def take_back(self):
        for attempt in self.pick():
            self.press(attempt, "take_back")

    def press(self, attempt, button):
        try:
            left = self.shop.press(attempt, button)
        except ValueError:
            return  # this button does not work now
        if left.get("url"):
            self.leaving.append(left)

    def notice(self):
        for attempt in self.pick():
            for fields in self.shop.notices(attempt)[-self.dice.randint(1, 3) :]:
                for _ in range(self.dice.choice([1, 1, 1, 5])):
                    self.shop.client.post("/pay/gateways/sslcommerz/ipn/", fields)

    def forge(self):
        for attempt in self.pick():
            self.shop.client.post(
                "/pay/gateways/sslcommerz/ipn/",
                {"tran_id": attempt.order, "status": "VALID", "val_id": str(self.dice.random()),
                 "amount": "999999.00"},
            )  # fmt: skip

    def come_back(self):
        if self.leaving:
            self.shop.come_back(self.dice.choice(self.leaving))

    def work(self):
        for row in GatewayCallback.objects.filter(state="NEW").order_by("?")[:3]:
            inbox.work_off(callback_id=row.pk, at=self.now)

    def ask(self):
        reconciling.reconcile(now=lambda: self.now)
        refunding.follow_all(now=lambda: self.now)

    def send_back(self):
        attempt = self.dice.choice(self.attempts) if self.attempts else None
        attempt = PaymentAttempt.objects.filter(pk=attempt.pk).first() if attempt else None
        if attempt is None or attempt.payment is None:
            return
        credit = min(refunds.sendable(attempt), refunds.available(attempt.customer_id))
        if credit > 0:
            refunds.refund(
                customer=attempt.customer, amount=min(credit, Decimal(100)),
                method=attempt.payment.method, reference="", reason=WHY, on=self.now.date(),
                at=self.now, actor=self.clerk, through=attempt,
            )  # fmt: skip

    def be_silent(self):
        self.shop.desk.fault("sslcommerz", self.dice.choice(SILENCE), times=1)

    def wait(self):
        self.now += timedelta(minutes=self.dice.choice([1, 5, 30, 600]))
        self.shop.at = self.now

    def die(self):
        """Work something off, and be killed at a statement of its own choosing."""
        row = GatewayCallback.objects.filter(state="NEW").order_by("pk").first()
        if row is None:
            return
        left = self.dice.randint(1, 60)

        def kill(execute, sql, params, many, context):
            nonlocal left
            left -= 1
            if left == 0:
                raise Killed
            return execute(sql, params, many, context)

        with connection.execute_wrapper(kill), contextlib.suppress(Killed):
            inbox.work_off(callback_id=row.pk, at=self.now)

    def pick(self):
        return [self.dice.choice(self.attempts)] if self.attempts else []

    def settle_down(self):
        """The gateway answers again and time passes, until nothing is open."""
        self.shop.desk.clear_faults()
        for _ in range(12):
            self.now += timedelta(hours=7)
            self.shop.at = self.now
            for callback in inbox.waiting(at=self.now):
                inbox.work_off(callback_id=callback, at=self.now)
            self.ask()
        assert not PaymentAttempt.objects.filter(state__in=["STARTED", "OPEN"]).exists()

    def paid_at_the_gateway(self):
        """What the gateway says stands of each try, whatever we believe."""
        found = {}
        for attempt in self.attempts:
            charges = self.shop.desk.session(attempt.session_key)["charges"]
            stands = [one for one in charges if one["state"] in ("VALID", "VALIDATED")]
            found[attempt.pk] = sum((Decimal(one["facts"]["amount"]) for one in stands), Decimal(0))
        return found


@pytest.mark.parametrize("seed", range(SEEDS))
def test_in_every_random_life_what_is_credited_is_what_the_gateway_took(shop, seed):
    life = Life(shop, seed)
    life.live(STEPS)
    life.settle_down()

    taken = life.paid_at_the_gateway()
    for attempt in PaymentAttempt.objects.select_related("payment"):
        stands = taken.get(attempt.pk, Decimal(0))
        if attempt.state in ("HELD", "MISMATCH"):
            assert (attempt.paid_amount, attempt.payment) == (stands or attempt.paid_amount, None)
        elif attempt.state == "SETTLED" and stands == 0:
            # Taken back by the bank after a part of it had been paid out: a person's work.
            assert (attempt.payment.refunded_amount > 0, attempt.fail_words != "") == (True, True)
        else:
            credited = attempt.payment is not None and attempt.payment.status == "COMPLETED"
            assert (attempt.payment.amount if credited else Decimal(0)) == stands, attempt
    assert Payment.objects.exclude(attempt=None).count() == len(
        PaymentAttempt.objects.exclude(payment=None)
    )
    overpaid = Invoice.objects.filter(amount_due__lt=0)
    assert not overpaid.exists()
    sent = GatewayRefund.objects.exclude(state="REFUSED").aggregate(sum=Sum("amount"))["sum"] or 0
    came = Payment.objects.filter(status="COMPLETED").aggregate(sum=Sum("amount"))["sum"] or 0
    assert (shop.held_by_gateway() or 0) == came - sent
    assert [finding.check for finding in proofs.check_all()] == []
