"""Those who use the demo meanwhile: readers, a program that takes cash, customers who pay online.

Whatever breaks, each does what people do: a page that is not shown is opened again, a payment
nobody answered is sent again under its key, a browser that was paid in comes back or does not.
"""

import http.client
import json
import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from django.conf import settings
from django.db import connections

from billing.allocation.models import Payment
from customers.models import Customer
from ispbill.accounts.models import User
from ispbill.core import clock
from ispbill.devtools import sessions
from ispbill.devtools.sandbox.gateways.client import Desk
from payments.online.models import GatewayAccount, PaymentAttempt
from payments.online.services import starting
from payments.online.services.starting import Asked

STAFF_PAGES = (
    "/admin/",
    "/admin/customers/",
    "/admin/payments/",
    "/admin/tickets/",
    "/admin/inbox/",
)
PORTAL_PAGES = ("/portal/", "/portal/bills/", "/portal/usage/", "/portal/support/")
_PATIENCE = 20.0
_AGAIN = 3.0


@dataclass
class Diary:
    """What people met, with the moment (monotonic seconds); kept apart from what was broken."""

    after: int = 0  # the last payment (id) of before
    pages: int = 0
    troubles: list[tuple[float, str]] = field(default_factory=list)
    taken: dict[str, tuple[str, Decimal]] = field(default_factory=dict)  # key: receipt, amount
    asked: set[str] = field(default_factory=set)
    begun: set[int] = field(default_factory=set)  # attempts at a gateway
    slowest: float = 0.0

    def trouble(self, words: str) -> None:
        self.troubles.append((time.monotonic(), words))


class People:
    """Everybody, each in a thread of their own, until `stop`."""

    def __init__(self, host: str, port: int, *, readers: int, seed: int) -> None:
        last = Payment.objects.order_by("pk").last()
        self.diary = Diary(after=last.pk if last else 0)
        self._host, self._port, self._seed = host, port, seed
        self._over = threading.Event()
        staff, customers = _cookies(readers)
        self._lives: list[tuple[Callable[..., None], tuple[object, ...]]] = [
            *((self._read, (cookie, STAFF_PAGES)) for cookie in staff),
            *((self._read, (cookie, PORTAL_PAGES)) for cookie in customers),
        ]

    def start(self, token: str) -> None:
        """Let everybody begin; `token` is a program's that may take payments."""
        self._lives += [(self._take_cash, (token,)), (self._pay_online, ())]
        self._threads = [
            threading.Thread(target=life, args=(random.Random(self._seed + number), *arguments))
            for number, (life, arguments) in enumerate(self._lives)
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let everybody finish what they are at."""
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _read(self, chance: random.Random, cookie: str, pages: tuple[str, ...]) -> None:
        while not self._over.wait(chance.uniform(0.5, 3)):
            page, began = chance.choice(pages), time.monotonic()
            try:
                status, _body = self._ask("GET", page, cookie=cookie)
            except (OSError, http.client.HTTPException) as error:
                self.diary.trouble(f"{page}: {error!r}")
                continue
            self.diary.pages += 1
            self.diary.slowest = max(self.diary.slowest, time.monotonic() - began)
            if status != 200:
                self.diary.trouble(f"{page}: {status}")

    def _take_cash(self, chance: random.Random, token: str) -> None:
        numbers = list(Customer.objects.filter(status="ACTIVE").values_list("number", flat=True))
        connections.close_all()
        while not self._over.wait(2):
            key, amount = uuid4().hex, Decimal(chance.randint(10_00, 900_00)) / 100
            wanted = {"customer": chance.choice(numbers), "amount": str(amount), "method": "cash"}
            self.diary.asked.add(key)
            receipt = self._until_answered(key, wanted, token)
            self.diary.taken[key] = (receipt, amount)

    def _until_answered(self, key: str, wanted: dict[str, str], token: str) -> str:
        """Send a payment under its key until somebody answers; return its receipt."""
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
        while True:
            with suppress(OSError, http.client.HTTPException, ValueError):
                status, body = self._ask("POST", "/api/admin/payments", wanted, headers=headers)
                if status == 201:
                    return str(json.loads(body)["id"])
                self.diary.trouble(f"payment: {status} {body[:200]!r}")
            time.sleep(_AGAIN)

    def _pay_online(self, chance: random.Random) -> None:
        """Begin a payment, pay at the gateway, come back; one in four browsers never does."""
        desk = Desk(settings.SANDBOX_DIR)
        while not self._over.wait(chance.uniform(3, 8)):
            try:
                attempt = _begin(chance)
                button = "success" if attempt.account.slug == "sslcommerz" else "pay"
                self.diary.begun.add(attempt.pk)
                left = desk.press(attempt.session_key, button)
                if chance.random() < 0.75:
                    self._come_back(left)
            except Exception as error:
                self.diary.trouble(f"online: {error!r}"[:300])
            finally:
                connections.close_all()

    def _come_back(self, left: dict[str, Any]) -> None:
        parts = urlsplit(str(left["url"]))
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        fields = dict(left.get("fields") or {})
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        sent = urlencode(fields) if left["method"] == "POST" else None
        self._ask(str(left["method"]), path, sent, headers=form)

    def _ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        cookie: str = "",
        headers: dict[str, str] | None = None,
    ) -> tuple[int, bytes]:
        sent = dict(headers or {})
        if cookie:
            sent["Cookie"] = f"{settings.SESSION_COOKIE_NAME}={cookie}"
        if isinstance(body, dict):
            body, sent["Content-Type"] = json.dumps(body), "application/json"
        line = http.client.HTTPConnection(self._host, self._port, timeout=_PATIENCE)
        try:
            line.request(method, path, body=body if isinstance(body, str) else None, headers=sent)
            answer = line.getresponse()
            return answer.status, answer.read()
        finally:
            line.close()


def _begin(chance: random.Random) -> PaymentAttempt:
    accounts = list(GatewayAccount.objects.filter(slug__in=["sslcommerz", "bkash", "nagad"]))
    customers = Customer.objects.filter(status="ACTIVE")
    customer = customers[chance.randrange(customers.count())]
    asked = Asked(
        customer=customer,
        account=chance.choice(accounts),
        amount=Decimal(chance.randint(20_00, 2_000_00)) / 100,
        source=PaymentAttempt.Source.PORTAL,
        key=uuid4().hex,
        is_again=True,
    )
    return starting.start(asked=asked, at=clock.now())


def _cookies(readers: int) -> tuple[list[str], list[str]]:
    owner = User.objects.get(login="owner@demo.test")
    portal = User.objects.filter(role=User.Role.CUSTOMER, is_active=True).order_by("pk")
    staff = [sessions.cookie_of(owner) for _one in range(readers // 2)]
    return staff, [sessions.cookie_of(user) for user in portal[: readers - len(staff)]]
