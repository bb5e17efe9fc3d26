"""Taking cash with eight clerks: against TPC-B on the same server, and beside billing.

TPC-B is what PostgreSQL's own tool measures: three updates, a select and an insert in one
transaction, five statements. A payment of ours locks the account, asks the till, allocates to the
oldest bills, books two postings, gives a gap-free receipt number, writes audit and history, queues
a message and looks after the services. Each client is a process with a connection of its own, and a
clerk with an open shift; every twentieth
request is sent twice under one key, as impatient people do, and only new payments are counted.
"""

import multiprocessing
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from billing.receivables.services import settlement
from billing.receivables.services.admission import Asked
from billing.run.services import cycle
from customers.models import Customer
from ispbill.accounts.models import User
from ispbill.core.acts import Act
from ispbill.devtools.bench import doors, measure, population, scratch
from ispbill.devtools.bench.measure import Pairs

CLIENTS = 8
SECONDS = 6.0
REPEATS = 0.05  # of all requests are the one before, sent again
THROUGH_EACH_DOOR = 200
HOT = 0.5  # of the payments of the hot case are one customer's
AT = datetime(2026, 1, 29, 4, 0, tzinfo=UTC)
_TELLERS, _ACCOUNTS = 10, 100_000  # of each of ten branches, as pgbench's scale 10
_last: dict[str, Any] = {}  # what this client has asked for last
_TPC_B = f"""
CREATE TABLE tpc_branch (bid int PRIMARY KEY, balance int NOT NULL, filler char(88));
CREATE TABLE tpc_teller (tid int PRIMARY KEY, bid int, balance int NOT NULL, filler char(84));
CREATE TABLE tpc_account (aid int PRIMARY KEY, bid int, balance int NOT NULL, filler char(84));
CREATE TABLE tpc_history (tid int, bid int, aid int, delta int, mtime timestamp, filler char(22));
INSERT INTO tpc_branch SELECT b, 0, '' FROM generate_series(1, 10) b;
INSERT INTO tpc_teller SELECT t, (t - 1) / {_TELLERS} + 1, 0, '' FROM generate_series(1, 100) t;
INSERT INTO tpc_account
    SELECT a, (a - 1) / {_ACCOUNTS} + 1, 0, '' FROM generate_series(1, {10 * _ACCOUNTS}) a;
GRANT ALL ON tpc_branch, tpc_teller, tpc_account, tpc_history TO PUBLIC;
"""


def run(*, scale: int, pairs: int) -> dict[str, Any]:
    """Measure P8 (payments a second against TPC-B) and P9 (99th percentile beside billing)."""
    with scratch.database("payments") as name:
        with scratch.owner() as owner:
            owner.execute(_TPC_B)
        ids = _fill(scale)
        statements = _statements(name, ids)
        through = _doors(name)
        rates = Pairs()
        took: list[float] = []
        for _pair in range(pairs):
            with scratch.copy_of(name, "copy"):
                paid = _clients(_pay, ids)
                ours, took = sum(len(one) for one in paid), took + sum(paid, [])
                reference = sum(len(one) for one in _clients(_tpc_b, ids))
                rates.add(ours / SECONDS, reference / SECONDS)
        hot = Pairs()
        for _pair in range(pairs):
            with scratch.copy_of(name, "hot"):
                ours = sum(len(one) for one in _clients(_pay_one_often, ids))
                reference = sum(len(one) for one in _clients(_tpc_b, ids))
                hot.add(ours / SECONDS, reference / SECONDS)
        waits = Pairs()
        for _pair in range(pairs):
            waits.add(*_beside_billing(name, ids))
    return {
        "name": "payments",
        "scale": scale,
        "clients": CLIENTS,
        "P8_payments_a_second": rates.as_dict(),
        "payments_p50_ms": round(1000 * measure.percentile(took, 0.5), 2),
        "payments_p99_ms": round(1000 * measure.percentile(took, 0.99), 2),
        "half_of_them_one_customer_s": hot.as_dict(),
        "statements_a_payment": statements,
        "doors": through,
        "P9_p99_ms_beside_billing_and_idle": waits.as_dict(),
        "load": measure.load(),
    }


def counted(*, scale: int) -> dict[str, Any]:
    """Count what does not depend on the hour: the statements of a payment, door by door."""
    with scratch.database("payments") as name:
        ids = _fill(scale)
        return {"statements_a_payment": _statements(name, ids), "doors": _doors(name)}


def _fill(scale: int) -> list[int]:
    """Make a billed company with a clerk for each client; return its customers."""
    population.fill(scale)
    cycle.run(on=AT.date(), act=Act(None, AT))
    scratch.vacuum()
    ids = list(Customer.objects.order_by("pk").values_list("pk", flat=True))
    for pk in ids:
        _customer(pk)
    _hire()
    return ids


def _beside_billing(name: str, ids: list[int]) -> tuple[float, float]:
    """Return the 99th percentile of one client's payments in ms: while billing runs, and idle."""
    with scratch.copy_of(name, "idle"):
        idle = _clients(_pay, ids, clients=1)[0]
    with scratch.copy_of(name, "busy"):
        context = multiprocessing.get_context("fork")
        connections.close_all()
        biller = context.Process(target=_bill)
        biller.start()
        busy = _clients(_pay, ids, clients=1)[0]
        biller.join()
    return tuple(1000 * measure.percentile(one, 0.99) for one in (busy, idle))  # type: ignore[return-value]


def _bill() -> None:
    """Bill the following month: every service of the company gets an invoice."""
    later = AT + timedelta(days=30)
    cycle.run(on=later.date(), act=Act(None, later))
    connections.close_all()


def _clients(
    work: Callable[[random.Random, list[int]], bool], ids: list[int], clients: int = CLIENTS
) -> list[list[float]]:
    """Let clients work for a while; return what each piece of work took them, in seconds."""
    context = multiprocessing.get_context("fork")
    connections.close_all()
    with context.Pool(clients) as pool:
        return pool.starmap(_client, [(work, ids, seed) for seed in range(clients)], chunksize=1)


def _client(
    work: Callable[[random.Random, list[int]], bool], ids: list[int], seed: int
) -> list[float]:
    """Work for a while; return how long each piece took that counts."""
    dice, took = random.Random(time.time_ns() + seed), []
    _last["clerk"] = _clerk(seed)
    work(dice, ids)  # the connection is made, plans are known
    end = time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        start = time.perf_counter()
        if work(dice, ids):
            took.append(time.perf_counter() - start)
    connections.close_all()
    return took


def _pay(dice: random.Random, ids: list[int]) -> bool:
    """Take a payment of anybody, or send the last one once more; True for a new one."""
    if _last.get("asked") is None or dice.random() >= REPEATS:
        _last["asked"] = {
            "customer_id": dice.choice(ids),
            "amount": Decimal(dice.randint(10_000, 200_000)) / 100,
            "key": f"bench:{dice.getrandbits(96):x}",
        }
    clerk = _last["clerk"]
    asked = Asked(
        method="CASH",
        received_by=clerk,
        received_at=AT,
        act=Act(clerk, AT),
        is_repeat_confirmed=True,
        **_last["asked"],
    )
    return settlement.settle(asked).is_new


def _hire() -> None:
    """Give each client a clerk of its own, with an open shift."""
    for number in range(CLIENTS):
        clerk = User.objects.create(
            login=f"clerk-{number}@bench.test", name=f"Clerk {number}", role=User.Role.BILLING
        )
        settlement.settle(
            Asked(
                customer_id=Customer.objects.order_by("pk")[number].pk,
                amount=Decimal("1.00"),
                method="CASH",
                received_by=clerk,
                received_at=AT,
                key=f"hired:{number}",
                act=Act(clerk, AT),
            )
        )


@cache
def _clerk(number: int) -> User:
    return User.objects.get(login=f"clerk-{number}@bench.test")


@cache
def _customer(pk: int) -> Customer:
    """The page that takes a payment has its customer at hand."""
    return Customer(pk=pk)


def _pay_one_often(dice: random.Random, ids: list[int]) -> bool:
    return _pay(dice, ids[:1] if dice.random() < HOT else ids)


def _doors(name: str) -> dict[str, Any]:
    """Return what a payment costs through each of the doors people use."""
    with scratch.copy_of(name, "doors"):
        customers = list(Customer.objects.order_by("pk")[CLIENTS : CLIENTS + THROUGH_EACH_DOOR])
        return doors.measure(customers, clerk=_clerk(0), at=AT)


def _statements(name: str, ids: list[int]) -> float:
    """Return how many statements a new payment takes, commands of transactions counted too."""
    dice, payments = random.Random(1), 50
    _last["clerk"] = _clerk(0)
    with scratch.copy_of(name, "counted"):
        _pay(dice, ids)
        with CaptureQueriesContext(connection) as sent:
            for _n in range(payments):
                _last["asked"] = None  # none is sent once more
                _pay(dice, ids)
        return round(len(sent) / payments, 2)


def _tpc_b(dice: random.Random, _ids: list[int]) -> bool:
    account, teller = dice.randint(1, 10 * _ACCOUNTS), dice.randint(1, 100)
    branch, delta = dice.randint(1, 10), dice.randint(-5000, 5000)
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute(
            "UPDATE tpc_account SET balance = balance + %s WHERE aid = %s", [delta, account]
        )
        cursor.execute("SELECT balance FROM tpc_account WHERE aid = %s", [account])
        cursor.execute(
            "UPDATE tpc_teller SET balance = balance + %s WHERE tid = %s", [delta, teller]
        )
        cursor.execute(
            "UPDATE tpc_branch SET balance = balance + %s WHERE bid = %s", [delta, branch]
        )
        cursor.execute(
            "INSERT INTO tpc_history VALUES (%s, %s, %s, %s, CURRENT_TIMESTAMP)",
            [teller, branch, account, delta],
        )
        cursor.execute("COMMIT")
    return True
