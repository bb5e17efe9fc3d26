"""Behind a PgBouncer that pools by transaction: whose rows, whose locks, whose cursors."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import connection, connections

from customers.models import AccountState, Customer
from ispbill.core import locks, rls, statements
from tests.database import owner_connection
from tests.factories.billing import chart
from tests.factories.customers import CustomerFactory
from tests.factories.payments import paid
from tests.laws import at_once, pgbouncer

pytestmark = [
    pytest.mark.django_db(transaction=True, databases="__all__"),
    pytest.mark.skipif(not pgbouncer.BINARY, reason="no pgbouncer here: apt-get install pgbouncer"),
]

AT = datetime(2026, 1, 29, 10, tzinfo=UTC)
SESSIONS = 2


@pytest.fixture(scope="module", autouse=True)
def _direct(django_db_setup):
    """The connection past the pool, known before the first test asks which there are."""
    past = settings.DATABASES["default"]
    settings.DATABASES["direct"] = past | {"TEST": past["TEST"] | {"MIRROR": "default"}}
    yield
    del settings.DATABASES["direct"]


@pytest.fixture
def pooled(tmp_path, monkeypatch):
    """Django's usual connection through the pool, locks past it, as .env.example says it."""
    past = dict(settings.DATABASES["default"])
    names = (connection.settings_dict["NAME"], past["USER"])
    with owner_connection(autocommit=True) as owner:
        # What the roles have as their own (roles.sql), since the pool takes no options.
        for name, value in (("lock_timeout", "10s"), ("timezone", "UTC")):
            owner.execute(f"ALTER DATABASE \"{names[0]}\" SET {name} = '{value}'")
    with pgbouncer.running(tmp_path, size=SESSIONS) as port:
        connection.close()
        plain = {name: value for name, value in past["OPTIONS"].items() if name == "pool"}
        through = {
            "HOST": "127.0.0.1",
            "PORT": port,
            "OPTIONS": plain,
            "DISABLE_SERVER_SIDE_CURSORS": True,
        }
        for name, value in through.items():
            monkeypatch.setitem(settings.DATABASES["default"], name, value)
            monkeypatch.setitem(connection.settings_dict, name, value)
        yield port
        connection.close()


def everywhere(work, hands=8):
    """Do `work(number)` in threads with connections of their own; return what they returned."""

    def one(number):
        try:
            return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(hands) as pool:
        return list(pool.map(one, range(hands)))


def test_nobody_ever_sees_anothers_row_whoever_had_the_session_before(pooled):
    customers = [CustomerFactory() for _ in range(8)]

    def look(number):
        own, chance, seen = customers[number].pk, random.Random(number), set()
        for _ in range(120):
            try:
                with rls.as_portal([own]):
                    seen.update(Customer.objects.values_list("pk", flat=True))
                    fate = chance.random()
                    if fate < 0.1:
                        raise ValueError("the page broke in the middle")
                    if fate < 0.15:
                        connection.connection.close()  # the process was cut off
                        raise ValueError("and its connection with it")
            except ValueError:
                if connection.connection is not None and connection.connection.closed:
                    connection.close()
        return seen - {own}

    assert everywhere(look) == [set()] * 8
    assert Customer.objects.count() == 8  # and the role did not stay with a session


def test_one_at_a_time_holds_a_lock_and_a_pool_alone_would_give_it_to_two(pooled, monkeypatch):
    inside, most, guard = [0], [0], threading.Lock()

    def hold(_number):
        for _ in range(20):
            with locks.only_one("tests.pooled") as is_mine:
                if not is_mine:
                    continue
                with guard:
                    inside[0] += 1
                    most[0] = max(most[0], inside[0])
                Customer.objects.count()
                with guard:
                    inside[0] -= 1
        return True

    everywhere(hold)
    assert most[0] == 1

    monkeypatch.delitem(settings.DATABASES, "direct")  # the same through the pool
    with locks.only_one("tests.pooled") as first:
        assert first
        both = everywhere(lambda _number: _is_had(), hands=2 * SESSIONS)
        assert any(both)


def _is_had():
    with locks.only_one("tests.pooled") as is_mine:
        return is_mine


def test_long_reads_and_known_statements_need_no_session(pooled):
    CustomerFactory.create_batch(30)

    def read(_number):
        found = 0
        for customer in Customer.objects.order_by("pk").iterator(chunk_size=5):
            found += 1
            statements.fetch("SELECT name FROM customers_customer WHERE id = %s", [customer.pk])
        return found

    assert everywhere(read, hands=4) == [30] * 4


def test_money_taken_through_it_stands_in_the_books(pooled):
    chart()
    customers = [CustomerFactory() for _ in range(4)]

    def pay(number):
        for turn in range(5):
            paid(customers[number % 4], amount=f"{100 + turn}.00", at=AT)
        return True

    everywhere(pay)

    assert at_once.broken() == []
    balances = AccountState.objects.values_list("balance_amount", flat=True)
    assert set(balances) == {Decimal("-1020.00")}
