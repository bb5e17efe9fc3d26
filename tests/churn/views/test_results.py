"""The results page: what is proven, what is not, and what is too little."""

import statistics
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from churn.models import ChurnEpisode
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db
URL = reverse("staff_churn:results")


def amounts(count, mean, deviation):
    """So many amounts with exactly this mean and deviation of a sample."""
    step = deviation * ((count - 1) / count) ** 0.5
    found = [mean + step * (1 if place % 2 else -1) for place in range(count)]
    assert abs(statistics.stdev(found) - deviation) < 0.01
    return [Decimal(f"{one:.2f}") for one in found]


def episodes(*, held, count, left, mean=1000, deviation=100, cost=0):
    customer = CustomerFactory()
    last = ChurnEpisode.objects.filter(customer=customer).count()
    ChurnEpisode.objects.bulk_create(
        ChurnEpisode(
            customer=customer,
            number=last + place + 1,
            began_on=date(2025, 9, 1),
            ended_on=date(2025, 11, 30),
            is_held_out=held,
            has_left=place < left,
            net_collected=net,
            action_cost=cost,
        )
        for place, net in enumerate(amounts(count, mean, deviation))
    )
    return customer


def test_the_worked_example(client, owner):
    episodes(held=True, count=80, left=24, mean=2250, deviation=1300)
    episodes(held=False, count=720, left=108, mean=2700, deviation=1200, cost=110)

    found = client.get(URL).context["tiles"]

    said = [(one["value"], one["note"].replace("\u202f", " ")) for one in found]
    assert [(one.replace("\u202f", " "), note) for one, note in said] == [
        ("108", "41 to 187"),
        ("15.0", "5.6 to 26.0"),
        ("৳ 2,44,800", "৳ 30,200 to ৳ 4,59,400"),
    ]


def test_nothing_is_said_before_thirty_are_left_alone(client, owner):
    episodes(held=True, count=28, left=10)
    episodes(held=False, count=300, left=20)

    page = client.get(URL)

    assert page.context["tiles"] == []
    assert "2 are missing" in page.content.decode()


def test_where_the_interval_spans_zero_nothing_is_proven(client, owner):
    episodes(held=True, count=40, left=6)
    episodes(held=False, count=300, left=42)

    page = client.get(URL).content.decode()

    assert page.count("Not proven") == 3


def test_a_manager_sees_results_of_the_branch(client):
    customer = episodes(held=False, count=2, left=0)
    for branch, count in ((customer.branch, 2), (BranchFactory(), 0)):
        client.force_login(UserFactory(role="BRANCH_MANAGER", branch=branch))
        assert client.get(URL).context["found"].treated.count == count
