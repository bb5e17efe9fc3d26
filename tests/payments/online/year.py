"""A year of online payments, hour by hour: what customers do, and a bad line between two firms.

Time is simulated by the business clock; calls are real. A customer starts, pays at the gateway
after a while, and comes back or does not. What the gateway and the browser have to tell us goes
over a line that loses, doubles, delays and is tapped by a forger. The jobs of the timetable run
when they are due: the ring for each message (some are lost), the sweep, `reconcile_gateway`.
"""

import heapq
import http.client
import itertools
import random
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from urllib.parse import urlencode, urlsplit

from django.db.models import Max, Min

from ispbill.core import clock
from ispbill.schedule import TIMETABLE
from payments import tasks
from payments.online.models import GatewayCallback, PaymentAttempt
from tests.factories.gateways import attempt_of
from tests.laws.scale import is_over

LOST, DOUBLED, REORDERED, FORGED, RING_LOST = 0.05, 0.10, 0.05, 0.01, 0.02
COMES_BACK = 0.8  # of the customers who paid; the others close the window
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
_EVERY = {row.job: row.every for row in TIMETABLE if row.every is not None}


class Year:
    """Every choice comes from the seed; `shops` are one for each gateway."""

    def __init__(self, *, shops, base_url, customers, start, seed):
        self.shops, self.customers = shops, customers
        self.dice = random.Random(seed)
        self.start = self.now = start
        self.agenda, self.order = [], itertools.count()
        self.line = http.client.HTTPConnection(urlsplit(base_url).netloc, timeout=60)
        self.paid = {}  # order of the attempt: when the customer paid it at the gateway
        self.acted = set()
        self.counts = Counter()
        self.ticks = {"reconcile_gateway": start, "sweep-callbacks": start}
        self.read_until = 0

    def live(self, *, days, payments):
        """Let so many attempts begin within so many days, and a day more pass; return the days."""
        whole = timedelta(days=days).total_seconds()
        for _ in range(payments):
            self.at(self.start + self.dice.uniform(0, whole) * SECOND, self.begin)
        for day in range(days):  # besides those who bend what they have overheard
            self.at(self.start + timedelta(days=day, hours=12), self.forge)
        end, began = self.start + timedelta(days=days + 1), time.monotonic()
        while self.agenda or self.now < end:
            if is_over(began) and self.now + timedelta(days=1) < end:  # let the rest come in
                begun = (self.begin, self.forge)
                self.agenda = [one for one in self.agenda if one[2] not in begun]
                heapq.heapify(self.agenda)
                end = self.now + timedelta(days=1)
            moment = min([*[one[0] for one in self.agenda[:1]], self._next_job(), end])
            self.now = max(self.now, moment)
            clock.set_simulated(self.now)
            while self.agenda and self.agenda[0][0] <= self.now:
                _moment, _order, deed, told = heapq.heappop(self.agenda)
                deed(*told)
            self._jobs()
        return (end - self.start).days - 1

    def at(self, moment, deed, *told):
        heapq.heappush(self.agenda, (moment, next(self.order), deed, told))

    # --- people -----------------------------------------------------------------------------

    def begin(self):
        shop = self.dice.choices(self.shops, [6, 2, 2])[0]
        amount = f"{self.dice.randint(300, 3_000)}.00"
        customer = self.dice.choice(self.customers)
        attempt = attempt_of(customer, shop.account, self.now, amount)
        self.counts["tries"] += 1
        # Most pay within some minutes; one in forty is looking for a card for longer.
        waits = self.dice.lognormvariate(0.7, 0.8) if self.dice.random() < 0.975 else 45
        self.at(self.now + min(waits, self.dice.uniform(15, 90)) * MINUTE, self.pay, shop, attempt)

    def pay(self, shop, attempt):
        if attempt.order in self.acted:  # went on with an attempt of their own that was open
            return
        self.acted.add(attempt.order)
        if self.dice.random() < 0.08:
            button = "cancel"
        else:
            button = "success" if shop.account.slug == "sslcommerz" else "pay"
            if shop.account.slug != "bkash":  # whose money moves when the customer is back
                self.paid[attempt.order] = self.now
        left = shop.press(attempt, button)
        for fields in shop.notices(attempt):
            path = f"/pay/gateways/{shop.account.slug}/ipn/"
            self._over_the_line("POST", path, fields, 1 + self.dice.random() * 4)
        if button == "cancel" or self.dice.random() < COMES_BACK:
            path = "/" + left["url"].split("/", 3)[3]
            back = self.dice.uniform(2, 30)
            self._over_the_line(left["method"], path, left["fields"], back, attempt.order)

    # --- the line ---------------------------------------------------------------------------

    def _over_the_line(self, method, path, fields, seconds, order=""):
        """One thing somebody wants to tell us; what becomes of it on the way."""
        dice, told = self.dice, (method, path, fields, order)
        self.counts["callbacks"] += 1
        number = self.counts["callbacks"]  # one of each happens in the shortest year
        due = self.now + seconds * SECOND
        if dice.random() < REORDERED or number == 8:  # later than what is sent after it
            self.counts["reordered"] += 1
            due += dice.choice([1, 5, 40, 600]) * MINUTE
        if dice.random() < LOST or number == 3:
            self.counts["lost"] += 1
        else:
            self.at(due, self.send, *told)
        if dice.random() < DOUBLED or number == 5:
            self.counts["doubled"] += 1
            self.at(due + dice.choice([0, 1, 3_600]) * SECOND, self.send, *told)
        if dice.random() < FORGED:
            self.counts["forged"] += 1
            self.at(self.now + dice.uniform(0, 60) * SECOND, self.send, *self._forgery(told))

    def forge(self):
        """Somebody makes a message up."""
        self.counts["forged"] += 1
        slug = self.dice.choice(self.shops).account.slug
        told = ("POST", "ipn") if slug == "sslcommerz" else ("GET", "return")
        self.send(*self._forgery((told[0], f"/pay/gateways/{slug}/{told[1]}/", {})))

    def _forgery(self, told):
        """A genuine message bent to an attempt nobody has paid, or to another amount."""
        method, path, fields = told[:3]
        open_ones = PaymentAttempt.objects.filter(state="OPEN").exclude(order__in=self.paid)
        aim = open_ones.order_by("-pk").values_list("order", flat=True).first() or "NOBODY"
        place = urlsplit(path)
        bent = {"status": "VALID", "amount": "99999.00", "order": aim, "order_id": aim}
        if method == "GET":
            return method, f"{place.path}?{urlencode(bent | {'status': 'success'})}", {}
        return method, path, {**fields, **bent, "tran_id": aim}

    def send(self, method, path, fields, order=""):
        """Post it to our own web server, and ring for what came; a ring can be lost."""
        if order:
            self.paid.setdefault(order, self.now)
        body = urlencode(fields) if method == "POST" else None
        head = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        self.line.request(method, path, body=body, headers=head)
        response = self.line.getresponse()
        response.read()
        self.counts["sent"] += 1
        assert response.status in (200, 303), (response.status, path)
        new = GatewayCallback.objects.filter(pk__gt=self.read_until).order_by("pk")
        for pk in list(new.values_list("pk", flat=True)):
            self.read_until = pk
            if self.dice.random() < RING_LOST:
                self.counts["rings lost"] += 1
            else:
                tasks.read_callback(callback_id=pk)

    # --- the timetable ----------------------------------------------------------------------

    def _next_job(self):
        """When a job next has something to do; runs with nothing to do are left out."""
        due = PaymentAttempt.objects.aggregate(at=Min("next_check_at"))["at"]
        new = GatewayCallback.objects.filter(state="NEW").aggregate(at=Min("received_at"))["at"]
        moments = [
            self._tick("reconcile_gateway", due),
            self._tick("sweep-callbacks", new and max(new + 21 * SECOND, self.now)),
        ]
        return min(moments)

    def _tick(self, job, moment):
        """The first run of a job at or after a moment and after its last run."""
        if moment is None:
            return datetime.max.replace(tzinfo=UTC)
        every = _EVERY[job]
        moment = max(moment, self.ticks[job] + every)
        return self.start + -((self.start - moment) // every) * every

    def _jobs(self):
        for job, task in (
            ("sweep-callbacks", tasks.sweep_callbacks),
            ("reconcile_gateway", tasks.reconcile_gateway),
        ):
            if self.now - self.ticks[job] >= _EVERY[job]:
                self.ticks[job] = (
                    self.start + ((self.now - self.start) // _EVERY[job]) * _EVERY[job]
                )
                task()

    # --- what came of it --------------------------------------------------------------------

    def taken(self):
        """What the gateways themselves say they took: order → amount."""
        found = {}
        for shop in self.shops:
            for attempt in PaymentAttempt.objects.filter(account=shop.account):
                told = shop.desk.session(attempt.session_key)
                amounts = [_amount(told["session"], one) for one in told["charges"]]
                stands = [one for one in amounts if one]
                if stands:
                    found[attempt.order] = sum(stands, Decimal(0))
        return found

    def last_credited(self):
        return PaymentAttempt.objects.aggregate(at=Max("payment__received_at"))["at"]


def _amount(session, charge):
    if charge["state"] not in ("VALID", "VALIDATED", "Completed", "Success"):
        return None
    return Decimal(
        charge["facts"].get("amount") or session["facts"].get("amount") or session["amount"]
    )
