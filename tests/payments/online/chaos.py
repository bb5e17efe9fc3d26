"""One random life of a shop with three gateways; every choice comes from the seed."""

import contextlib
import random
from collections import Counter
from datetime import timedelta
from decimal import Decimal

from billing.allocation.models import Payment
from billing.allocation.services import credit
from billing.receivables.services import settlement
from billing.receivables.services.admission import Asked
from ispbill.audit.models import AuditEvent
from ispbill.core import clock
from ispbill.core.acts import Act
from payments.online.models import GatewayCallback, GatewayRefund, PaymentAttempt
from payments.online.queries import refundable
from payments.online.services import inbox, reconciling, refunding, refunds, review
from payments.online.services.starting import GatewayUnavailable
from tests.factories.customers import CustomerFactory
from tests.factories.payments import open_invoice
from tests.payments.online.bookkeeper import NOTHING, Bookkeeper
from tests.payments.online.breaking import Breaking

SILENCE = ["error_500", "lost_answer", "html", "empty", "truncated", "null", "wrong_types"]
ONES_THAT_PAY = {
    "sslcommerz": ["success", "ipn_only", "no_ipn", "silent", "twice", "bad_hash", "late_decline"],
    "bkash": ["pay", "pay", "pay_lost"],
    "nagad": ["pay", "pay", "pay_lost"],
}
ONES_THAT_DO_NOT = {
    "sslcommerz": ["cancel", "insufficient", "expire", "close"],
    "bkash": ["cancel", "fail", "insufficient", "close"],
    "nagad": ["cancel", "fail", "close"],
}
STANDS = ("VALID", "VALIDATED", "Completed", "Success")
WHY = "sent back in the course of a random life"
BROKEN = 0.4  # of all deeds are broken off somewhere
STEPS_OF_A_DEED = [3, 10, 30, 90]  # the most at which; some deeds have few steps, some many
DAY = timedelta(days=1)


class Life:
    """Two customers, some bills, and everything that can happen to their payments."""

    def __init__(self, shops, *, clerk, seed, at):
        self.shops, self.clerk, self.dice = shops, clerk, random.Random(seed)
        self.now, self.number = at, 0
        self.customers = [CustomerFactory() for _ in range(2)]
        self.desk = {}  # key of a payment at the desk: its amount
        self.leaving = []  # what browsers bring back: shop, where to
        self.reversed_keys = set()
        self.broken = Counter()  # deed and step: how often it was broken off there
        self.tell_the_time()

    def live(self, steps):
        deeds = [
            (7, self.start),
            (9, self.pay),
            (3, self.give_up),
            (8, self.notice),
            (3, self.forge),
            (6, self.come_back),
            (7, self.work),
            (4, self.ask),
            (3, self.take_back),
            (3, self.send_back),
            (3, self.be_silent),
            (4, self.wait),
            (3, self.bill),
            (2, self.pay_at_the_desk),
            (2, self.decide),
        ]
        weights = [weight for weight, _deed in deeds]
        self.bill()
        self.start()
        for _ in range(steps):
            self.dice.choices(deeds, weights)[0][1]()

    def do(self, deed, /, *args, **values):
        """Do something of ours, which may be broken off at any step, and may be asked for again."""
        step = self.dice.randint(1, self.dice.choice(STEPS_OF_A_DEED))
        hangs_up = self.dice.random() < 0.2
        if self.dice.random() >= BROKEN:
            return deed(*args, **values)
        with Breaking(step, hangs_up=hangs_up) as breaking:
            return deed(*args, **values)
        name = getattr(deed, "__name__", "request").strip("_")
        self.broken[name, breaking.where + (" hung up" if hangs_up else "")] += 1
        return deed(*args, **values) if self.dice.random() < 0.5 else None

    # --- customers, and what they do at the gateway -------------------------------------------

    def bill(self):
        customer = self.dice.choice(self.customers)
        open_invoice(customer, self.dice.choice(["600.00", "1150.00"]))
        credit.allocate_credit(act=Act(None, self.now), customer_ids=[customer.pk])

    def start(self):
        shop = self.dice.choice(self.shops)
        self.number += 1
        key = f"{self.customers[0].pk} {self.number}"
        amount = self.dice.choice(["600.00", "1150.00", "2000.00"])
        self.do(_start, shop, amount, key=key, customer=self.dice.choice(self.customers))

    def pay(self):
        for shop, attempt in self.one():
            button = self.dice.choice([*ONES_THAT_PAY[shop.account.slug], "risk", "wrong_amount"])
            if (
                attempt.pk not in self.reversed_keys
            ):  # no gateway takes money for such an order again
                self.press(shop, attempt, button)

    def give_up(self):
        for shop, attempt in self.one():
            self.press(shop, attempt, self.dice.choice(ONES_THAT_DO_NOT[shop.account.slug]))

    def take_back(self):
        for shop, attempt in self.one():
            button = self.dice.choice(["take_back", "take_back", "decline"])
            if self.press(shop, attempt, button) and button == "take_back":
                self.reversed_keys.add(attempt.pk)

    def press(self, shop, attempt, button):
        try:
            left = shop.press(attempt, button)
        except ValueError:
            return False  # this button does not work now
        if left.get("url"):
            self.leaving.append((shop, left))
        return True

    # --- what we are told ---------------------------------------------------------------------

    def notice(self):
        for shop, attempt in self.one():
            for fields in shop.notices(attempt)[-self.dice.randint(1, 3) :]:
                for _ in range(self.dice.choice([1, 1, 1, 5])):
                    self.do(shop.client.post, "/pay/gateways/sslcommerz/ipn/", fields)

    def forge(self):
        for shop, attempt in self.one():
            claim = {"status": "VALID", "val_id": str(self.dice.random()), "amount": "999999.00"}
            names = ("tran_id", "order", "order_id")
            self.do(
                shop.client.post if shop.account.slug == "sslcommerz" else shop.client.get,
                f"/pay/gateways/{shop.account.slug}/{self.dice.choice(['success', 'return'])}/",
                claim | dict.fromkeys(names, attempt.order),
            )

    def come_back(self):
        if self.leaving:
            shop, left = self.dice.choice(self.leaving)
            self.do(shop.come_back, left)

    # --- workers, jobs, staff -----------------------------------------------------------------

    def work(self):
        new = GatewayCallback.objects.filter(state="NEW", attempt__customer__in=self.customers)
        waiting = list(new.order_by("pk").values_list("pk", flat=True))
        for callback in self.dice.sample(waiting, min(3, len(waiting))):
            self.do(inbox.work_off, callback_id=callback, at=self.now)

    def ask(self):
        self.do(reconciling.reconcile, now=lambda: self.now)
        self.do(refunding.follow_all, now=lambda: self.now)

    def send_back(self):
        for shop, attempt in self.one():
            if attempt.payment is None:
                continue
            left = min(refundable.sendable(attempt), refundable.available(attempt.customer_id))
            if left > 0:
                self.do(
                    refunds.refund,
                    customer=attempt.customer,
                    amount=min(left, Decimal(100)),
                    method=attempt.payment.method,
                    reference="",
                    act=Act(self.clerk, self.now, on=self.now.date(), reason=WHY),
                    through=attempt,
                )
            for row in GatewayRefund.objects.filter(attempt=attempt, state="PROCESSING"):
                state = self.dice.choice(["processing", "refunded", "cancelled"])
                if shop.account.slug == "sslcommerz" and row.gateway_reference:
                    shop.desk.turn_refund(row.gateway_reference, state)

    def pay_at_the_desk(self):
        self.number += 1
        key = f"desk {self.customers[0].pk} {self.number}"
        self.desk[key] = Decimal(self.dice.choice(["600.00", "1150.00"]))
        self.do(
            settlement.settle,
            asked=Asked(
                customer_id=self.dice.choice(self.customers).pk,
                amount=self.desk[key],
                method="EFT",
                received_by=None,
                received_at=self.now,
                key=key,
                act=Act(None, self.now),
                is_repeat_confirmed=True,
            ),
        )

    def decide(self):
        """Somebody looks at what waits for a person."""
        waiting = self.attempts().filter(state__in=["HELD", "MISMATCH"]).first()
        if waiting is not None:
            decision = self.dice.choice([review.accept, review.refuse])
            self.do(_decide, decision, waiting, actor=self.clerk, at=self.now)

    # --- the world ----------------------------------------------------------------------------

    def be_silent(self):
        shop = self.dice.choice(self.shops)
        shop.desk.fault(shop.account.slug, self.dice.choice(SILENCE), times=1)

    def wait(self):
        self.now += timedelta(minutes=self.dice.choice([1, 5, 30, 600]))
        self.tell_the_time()

    def tell_the_time(self):
        clock.set_simulated(self.now)
        for shop in self.shops:
            shop.at = self.now

    def attempts(self):
        own = PaymentAttempt.objects.filter(customer__in=self.customers)
        return own.select_related("customer", "payment", "account").order_by("pk")

    def one(self):
        """One try whose customer got to the gateway's page, and its shop; or none."""
        begun = [one for one in self.attempts() if one.session_key]
        if not begun:
            return []
        attempt = self.dice.choice(begun)
        return [(self.shop_of(attempt), attempt)]

    def shop_of(self, attempt):
        return next(shop for shop in self.shops if shop.account.pk == attempt.account_id)

    def settle_down(self):
        """The gateways answer again and time passes, until nothing is open."""
        self.shops[0].desk.clear_faults()
        self._repeat_what_was_reversed()
        for _ in range(8):
            self.now += timedelta(hours=25)
            self.tell_the_time()
            for callback in inbox.waiting(at=self.now):
                inbox.work_off(callback_id=callback, at=self.now)
            reconciling.reconcile(now=lambda: self.now)
            refunding.follow_all(now=lambda: self.now)
            asked_for = GatewayRefund.objects.filter(customer__in=self.customers, state="REQUESTED")
            if not (self.attempts().exclude(next_check_at=None).exists() or asked_for.exists()):
                break
        assert not self.attempts().filter(state__in=["STARTED", "OPEN"]).exists()

    def _repeat_what_was_reversed(self):
        """A gateway repeats a notice until it is answered; no one would ask about settled money."""
        for attempt in self.attempts().filter(pk__in=self.reversed_keys):
            shop = self.shop_of(attempt)
            shop.client.post("/pay/gateways/sslcommerz/ipn/", shop.notices(attempt)[-1])

    # --- what came of it ----------------------------------------------------------------------

    def check(self):
        """Compare what we made of it with the gateways' own records; return what they took."""
        came, taken = {}, NOTHING
        for attempt in self.attempts():
            stands, ever, back = self._at_the_gateway(attempt)
            self._is_explained(attempt, stands)
            taken += stands
            if attempt.payment_id:
                came[attempt.payment_id] = ever
            rows = GatewayRefund.objects.filter(attempt=attempt)
            gone = rows.exclude(state="REFUSED").values_list("amount", flat=True)
            assert sum(gone, NOTHING) == back, list(rows.values_list("state", "words", "amount"))
            came |= {row.returned_id: row.amount for row in rows.exclude(returned=None)}
        for payment in Payment.objects.filter(customer__in=self.customers).exclude(pk__in=came):
            came[payment.pk] = self.desk[payment.idempotency_key]
        for customer in self.customers:
            Bookkeeper(customer, came).agree()
        return taken

    def _at_the_gateway(self, attempt):
        """What stands there, what ever came, and what was sent back."""
        if not attempt.session_key:
            return NOTHING, NOTHING, NOTHING
        told = self.shop_of(attempt).desk.session(attempt.session_key)
        paid = [
            (one["state"], _amount(told["session"], one))
            for one in told["charges"]
            if one["state"] in STANDS or attempt.pk in self.reversed_keys and _was_valid(one)
        ]
        back = [Decimal(one["amount"]) for one in told["refunds"] if one["state"] != "cancelled"]
        stands = sum((amount for state, amount in paid if state in STANDS), NOTHING)
        return stands, sum((amount for _state, amount in paid), NOTHING), sum(back, NOTHING)

    def _is_explained(self, attempt, stands):
        credited = attempt.payment is not None and attempt.payment.status == "COMPLETED"
        settled = AuditEvent.objects.filter(
            target_type="paymentattempt",
            target_id=str(attempt.pk),
            action__in=["attempt.settled", "attempt.accepted"],
        )
        assert settled.count() == (attempt.payment is not None)
        if attempt.state in ("HELD", "MISMATCH"):
            assert (attempt.paid_amount, attempt.payment) == (stands or attempt.paid_amount, None)
        elif attempt.state == "SETTLED" and stands == 0:
            # Reversed by the bank after a part of it had been paid out: a person's work.
            assert (attempt.payment.refunded_amount > 0, attempt.fail_words != "") == (True, True)
        elif attempt.reviewed_by is not None and not credited:
            assert attempt.state in ("REFUSED", "REVERSED")  # a person decided
        else:
            assert (attempt.payment.amount if credited else NOTHING) == stands, attempt.state


def _start(shop, amount, **values):
    with contextlib.suppress(GatewayUnavailable):
        shop.start(amount, **values)


def _decide(decision, attempt, **values):
    with contextlib.suppress(review.Stale):
        decision(attempt=attempt, reason=WHY, **values)


def _was_valid(charge):
    return bool(charge["facts"].get("val_id"))


def _amount(session, charge):
    return Decimal(
        charge["facts"].get("amount") or session["facts"].get("amount") or session["amount"]
    )
