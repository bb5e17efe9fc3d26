"""Telling what changed: after the commit, once, and never at the cost of the write."""

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from customers.models import Customer
from customers.services import account_states
from ispbill.core import live
from ispbill.core.cache import ForgivingRedisCache
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _reachable(monkeypatch):
    monkeypatch.setitem(live._away, "until", 0.0)


def stamp(key):
    return live.stamps([key]).by_key[key]


def of_account(pk):
    return sum(live.stamps(live.account_keys(pk)).by_key.values())


def test_nothing_is_told_before_the_commit_and_nothing_of_what_was_undone():
    with transaction.atomic():
        live.changed("payment", accounts=[7])
        before = (stamp("live:payment"), of_account(7))
        with pytest.raises(LookupError), transaction.atomic():
            live.changed("invoice", accounts=[8])
            raise LookupError
        live.changed(accounts=[9])
    with pytest.raises(LookupError), transaction.atomic():
        live.changed("lead")
        raise LookupError
    with transaction.atomic():
        live.changed("router")

    told = {word: stamp(f"live:{word}") > 0 for word in ("payment", "invoice", "lead", "router")}
    assert before == (0, 0)
    assert told == {"payment": True, "invoice": False, "lead": False, "router": True}
    assert [of_account(pk) > 0 for pk in (7, 8, 9)] == [True, False, True]


def test_one_transaction_tells_everything_at_once(monkeypatch):
    sent = []
    monkeypatch.setattr(cache, "set_many", lambda data, timeout: sent.append(set(data)) or [])

    with transaction.atomic():
        for pk in range(50):
            live.changed("payment", accounts=[pk])

    assert len(sent) == 1
    assert len(sent[0]) == 52  # fifty accounts, the word, and that it was of accounts


def test_so_many_accounts_are_told_of_as_everybody(monkeypatch):
    monkeypatch.setattr(live, "_MOST", 3)

    live.changed(accounts=[1, 2, 3, 4])

    assert of_account(99) > 0
    assert stamp("live:account:1") == 0


def test_locking_an_account_tells_of_it_without_a_statement_more():
    customer = CustomerFactory()
    told = of_account(customer.pk)

    with transaction.atomic(), CaptureQueriesContext(connection) as asked:
        account_states.lock([customer.pk])

    assert of_account(customer.pk) > told
    assert len([one for one in asked if "FOR UPDATE" in one["sql"]]) == len(asked) == 1


class Gone(ForgivingRedisCache):
    def __init__(self):
        super().__init__("redis://127.0.0.1:1/0", {"OPTIONS": {"socket_connect_timeout": 1}})


def test_a_write_goes_on_while_valkey_is_away(monkeypatch):
    customer = CustomerFactory()
    monkeypatch.setattr(live, "cache", Gone())

    with transaction.atomic():
        account_states.lock([customer.pk])
        Customer.objects.filter(pk=customer.pk).update(name="Rahima Begum")

    customer.refresh_from_db()
    assert customer.name == "Rahima Begum"
    assert live.stamps(["live:payment"]) is None


def test_stamps_that_were_lost_make_a_new_epoch():
    live.changed("payment")
    before = live.stamps(["live:payment"])
    cache.clear()

    after = live.stamps(["live:payment"])

    assert before.epoch
    assert after.epoch
    assert before.epoch != after.epoch
