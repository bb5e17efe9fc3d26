"""Months are noted once, as they were, and told apart ninety days later."""

from datetime import UTC, date, datetime, timedelta

import pytest

from billing.changes.services import termination
from churn.models import ChurnObservation
from churn.services import observing
from customers.models import Suspension
from ispbill.core.acts import Act
from tests.factories.churn import EpisodeFactory
from tests.factories.customers import SubscriptionFactory

pytestmark = pytest.mark.django_db
MAY = datetime(2026, 5, 2, 4, tzinfo=UTC)
MARCH = date(2026, 3, 1)
JUNE = datetime(2026, 6, 2, 4, tzinfo=UTC)  # ninety-three days after the first of March


def service(**values):
    given = {"activated_on": date(2026, 1, 10), "created_at": datetime(2026, 1, 9, tzinfo=UTC)}
    return SubscriptionFactory(**given | values)


def cut(one, since=date(2026, 3, 20), kind="NON_PAYMENT"):
    """Cut a service off for good."""
    Suspension.objects.create(
        subscription=one,
        customer=one.customer,
        kind=kind,
        reason="as the test needs it",
        span=f"[{since},)",
        started_at=datetime(2026, 3, 20, tzinfo=UTC),
    )


def outcome(one, month=MARCH):
    row = ChurnObservation.objects.get(customer=one.customer, month=month)
    return "dropped" if row.is_dropped else row.has_left


def test_missing_months_are_caught_up_once():
    service()

    observing.follow(at=MAY)
    observing.follow(at=MAY + timedelta(days=1))

    months = list(ChurnObservation.objects.order_by("month").values_list("month", flat=True))
    assert months == [MARCH, date(2026, 4, 1), date(2026, 5, 1)]  # thirty days in use at least


def test_the_outcome_is_told_when_it_is_known():
    stays, leaves, house = service(), service(), service()
    observing.follow(at=MAY)
    cut(leaves)
    cut(house, kind="FRAUD")
    assert outcome(leaves) is None

    observing.follow(at=JUNE)

    assert (outcome(stays), outcome(leaves), outcome(house)) == (False, True, "dropped")
    assert outcome(leaves, date(2026, 4, 1)) is None


def test_a_return_within_thirty_days_is_no_leaving():
    one = service()
    observing.follow(at=MAY)
    cut(one)
    Suspension.objects.update(span="[2026-03-20,2026-04-18)", ended_at=MAY)

    observing.follow(at=JUNE)

    assert outcome(one) is False


@pytest.mark.parametrize(
    ("why", "becomes"), [("DIED", "dropped"), ("MOVED", "dropped"), ("OWN_WISH", True)]
)
def test_who_had_no_choice_says_nothing_of_us(why, becomes):
    one = service()
    observing.follow(at=MAY)
    act = Act(None, MAY, on=date(2026, 3, 20), reason="as the family told us")
    termination.terminate(subscription=one, on=date(2026, 3, 20), act=act, left_because=why)

    observing.follow(at=JUNE)

    assert outcome(one) == becomes


def test_of_who_stayed_a_share_is_kept_and_weighs_for_all(monkeypatch):
    for _ in range(12):
        service()
    observing.follow(at=MAY)
    monkeypatch.setattr(observing, "MOST_STAYERS", 4)

    observing.follow(at=JUNE)

    kept = ChurnObservation.objects.filter(month=MARCH)
    assert 0 < kept.count() < 12
    assert sum(one.weight for one in kept) == pytest.approx(12)


def test_who_was_called_is_marked_and_who_was_left_alone_weighs_for_all():
    called, left_alone = service(), service()
    EpisodeFactory(customer=called.customer, began_on=date(2026, 3, 10))
    EpisodeFactory(customer=left_alone.customer, began_on=date(2026, 3, 10), is_held_out=True)
    observing.follow(at=MAY)

    observing.follow(at=JUNE)

    marked = ChurnObservation.objects.filter(month=MARCH, was_treated=True)
    assert [one.customer for one in marked] == [called.customer]
    weights = dict(ChurnObservation.objects.filter(month=MARCH).values_list("customer", "weight"))
    assert weights == {called.customer_id: 1, left_alone.customer_id: 10}  # a tenth is left alone
