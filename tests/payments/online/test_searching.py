"""/pay behind a carrier's few addresses: many search, nobody guesses."""

import pytest
from django.core.cache import cache

from payments.online.services import searching
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db(transaction=True)

HERE = {"REMOTE_ADDR": "203.0.113.7"}


@pytest.fixture(autouse=True)
def _forgotten():
    cache.clear()
    yield
    cache.clear()


def search(client, typed, digits="", **where):
    form = {"account": typed, "digits": digits}
    return client.post("/pay", form, **(where or HERE)).status_code


def found(client, typed, digits="", **where):
    answer = client.post("/pay", {"account": typed, "digits": digits}, **(where or HERE))
    return len(answer.context["found"])


def test_many_customers_of_one_carrier_find_their_bills(client):
    customers = [CustomerFactory() for _ in range(60)]

    answers = [search(client, one.phone) for one in customers]

    assert answers == [200] * 60


def test_a_customer_number_alone_shows_nothing(client):
    customer = CustomerFactory(phone="+8801711004321", alternate_phone="+8801811008765")

    assert search(client, customer.number) == 422
    assert found(client, customer.number, "0000") == 0
    assert found(client, customer.number.lower(), "4321") == 1
    assert found(client, customer.number, "৮৭৬৫") == 1
    assert found(client, customer.phone) == 1


def test_numbers_in_order_are_put_off_hits_and_all(client):
    customers = [CustomerFactory() for _ in range(22)]

    answers = [search(client, one.number, one.phone[-4:]) for one in customers]

    assert answers == [200] * searching.NUMBERS_BY_ADDRESS + [429] * 2


def test_the_digits_of_one_number_are_guessed_a_few_times_from_wherever(client):
    customer = CustomerFactory(phone="+8801711004321")

    answers = [
        search(client, customer.number, f"{guess:04d}", REMOTE_ADDR=f"203.0.113.{guess}")
        for guess in range(7)
    ]

    assert answers == [200] * searching.WRONG_BY_NUMBER + [429] * 2


def test_all_together_have_their_share_of_an_hour(client, monkeypatch):
    monkeypatch.setattr(searching, "NUMBERS_AN_HOUR", 3)
    customers = [CustomerFactory() for _ in range(4)]

    answers = [
        search(client, one.number, one.phone[-4:], REMOTE_ADDR=f"203.0.113.{number}")
        for number, one in enumerate(customers)
    ]

    assert answers == [200] * 3 + [429]


def test_an_address_that_guesses_is_put_off_whatever_it_guesses(client):
    customer = CustomerFactory()

    answers = [search(client, f"0171{number:07d}") for number in range(100, 125)]

    assert answers == [200] * searching.MISSES_BY_ADDRESS + [429] * 5
    assert search(client, customer.phone) == 429  # a guess that would hit is put off too
    assert search(client, customer.phone, REMOTE_ADDR="203.0.113.8") == 200


def test_hits_do_not_wash_misses_away(client):
    customers = [CustomerFactory() for _ in range(30)]
    for number, one in enumerate(customers[: searching.MISSES_BY_ADDRESS]):
        assert search(client, f"0181{number:07d}") == 200
        if number + 1 < searching.MISSES_BY_ADDRESS:
            assert search(client, one.phone) == 200

    assert search(client, "01899999999") == 429


def test_one_number_is_searched_a_few_times_from_wherever_and_however_written(client):
    phone = CustomerFactory(phone="+8801711000012").phone
    ways = [
        phone,
        "01711000012",
        "01711-000012",
        "880 1711 000012",
        "8801711000012",
        "01711 000012",
    ]

    answers = [
        search(client, typed, REMOTE_ADDR=f"203.0.113.{number}")
        for number, typed in enumerate([*ways, "01711000012"])
    ]

    assert answers == [200] * searching.BY_NUMBER + [429]


def test_an_address_has_its_share_in_the_end(client, monkeypatch):
    monkeypatch.setattr(searching, "BY_ADDRESS", 5)
    customers = [CustomerFactory() for _ in range(6)]

    assert [search(client, one.phone) for one in customers] == [200] * 5 + [429]


def test_searching_does_not_use_up_the_tries_to_sign_in(client):
    for number in range(25):
        search(client, f"0191{number:07d}")

    answer = client.post("/login", {"login": "a@b.test", "password": "x"}, **HERE)
    assert answer.status_code != 429
