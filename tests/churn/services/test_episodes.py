"""Episodes begin at high risk, end by time or when it falls, and leave a tenth alone."""

from datetime import UTC, datetime, timedelta

import pytest
from psycopg.types.range import DateRange

from churn.models import ChurnEpisode, ChurnScore, RetentionTask
from churn.queries import leaving
from churn.rules.drawing import is_held_out
from churn.services import episodes
from churn.services.episodes import NotHeldOut
from customers.models import Suspension
from ispbill.audit.models import AuditEvent
from ispbill.core.acts import Act
from ispbill.core.errors import ReasonMissing
from tests.factories.accounts import UserFactory
from tests.factories.churn import EpisodeFactory, ScoreFactory, churn_settings
from tests.factories.customers import CustomerFactory, SubscriptionFactory
from tests.factories.payments import paid

pytestmark = pytest.mark.django_db
FIRST = datetime(2026, 1, 10, 4, tzinfo=UTC)


def follow(days=0):
    return episodes.follow(act=Act(None, FIRST + timedelta(days=days)))


def somebody(*, held_out):
    """A customer at high risk whose first episode is drawn so."""
    for _ in range(200):
        customer = CustomerFactory()
        drawn = is_held_out(salt=episodes.salt(), customer_id=customer.pk, number=1, percent=10)
        if drawn is held_out:
            return ScoreFactory(customer=customer)
    raise AssertionError("nobody in two hundred")


def level(score, to):
    ChurnScore.objects.filter(pk=score.pk).update(level=to)


def test_who_reaches_high_is_in_an_episode_and_a_task_is_proposed():
    score = ScoreFactory()
    ScoreFactory(level="MEDIUM")
    held = is_held_out(salt=episodes.salt(), customer_id=score.customer_id, number=1, percent=10)

    followed = follow()

    episode = ChurnEpisode.objects.get()
    assert (episode.customer, episode.number, episode.is_held_out) == (score.customer, 1, held)
    assert followed.begun == 1
    assert RetentionTask.objects.count() == followed.proposed == (0 if held else 1)


def test_twice_is_once_and_costs_the_same_for_many(django_assert_max_num_queries):
    for _ in range(30):
        ScoreFactory()

    with django_assert_max_num_queries(22):
        first = follow()
    before = list(ChurnEpisode.objects.order_by("pk").values())
    again = follow()

    assert first.begun == 30
    assert (again.begun, again.proposed, again.ended) == (0, 0, 0)
    assert list(ChurnEpisode.objects.order_by("pk").values()) == before


def test_the_strongest_reason_says_what_to_do_and_there_is_a_week():
    somebody(held_out=False)

    follow()

    task = RetentionTask.objects.get()
    assert (task.state, task.action) == ("PROPOSED", "PAYMENT_PLAN")
    assert str(task.due_on) == "2026-01-17"


def test_fourteen_days_below_end_it_and_a_day_above_starts_counting_anew():
    score = ScoreFactory()
    follow()
    level(score, "MEDIUM")
    follow(1)
    level(score, "HIGH")
    follow(5)
    level(score, "LOW")
    follow(6)
    follow(19)
    assert ChurnEpisode.objects.get().ended_on is None

    follow(20)

    episode = ChurnEpisode.objects.get()
    assert str(episode.ended_on) == "2026-01-30"
    assert not RetentionTask.objects.filter(closed_at=None).exists()


def test_ninety_days_end_it_and_the_next_has_a_number_of_its_own():
    ScoreFactory()
    follow()

    follow(90)

    old, new = ChurnEpisode.objects.order_by("number")
    assert (str(old.ended_on), new.number, new.ended_on) == ("2026-04-10", 2, None)
    assert old.has_left is True  # no service at all


def test_held_out_are_not_called_unless_a_manager_says_why():
    customer = somebody(held_out=True).customer
    assert follow().held_out == 1
    assert not RetentionTask.objects.exists()
    manager = UserFactory()

    with pytest.raises(ReasonMissing):
        episodes.override(customer=customer, act=Act(manager, FIRST, reason="why"))
    act = Act(manager, FIRST, reason="complained to the minister")
    task = episodes.override(customer=customer, act=act)

    episode = ChurnEpisode.objects.get()
    assert (task.episode, episode.is_held_out) == (episode, True)
    assert episode.overridden_by == manager
    assert AuditEvent.objects.get(action="churn.overridden").reason == act.reason
    with pytest.raises(NotHeldOut):
        episodes.override(customer=customer, act=act)


def test_the_share_left_alone_is_a_setting():
    churn_settings(held_out_percent=30)
    for _ in range(60):
        ScoreFactory()

    assert 5 <= follow().held_out <= 32


def test_the_result_after_ninety_days_is_who_left_and_what_came_in():
    stays, cut, short = (SubscriptionFactory(customer=CustomerFactory()).customer for _ in range(3))
    for customer, days in ((cut, 40), (short, 29)):
        service = customer.subscriptions.get()
        began = FIRST.date() + timedelta(days=10)
        Suspension.objects.create(
            subscription=service,
            customer=customer,
            kind="NON_PAYMENT",
            span=DateRange(began, began + timedelta(days=days)),
            reason="did not pay",
            started_at=FIRST,
            ended_at=FIRST + timedelta(days=days),
        )
    for customer in (stays, cut, short):
        EpisodeFactory(customer=customer)
    paid(stays, "1150.00", at=FIRST + timedelta(days=3))
    paid(stays, "500.00", at=FIRST + timedelta(days=95))

    assert follow(89).known == 0
    assert follow(90).known == 3

    found = ChurnEpisode.objects.in_bulk(field_name="id").values()
    by_customer = {one.customer_id: one for one in found}
    assert [by_customer[one.pk].has_left for one in (stays, cut, short)] == [False, True, False]
    assert by_customer[stays.pk].net_collected == 1150


@pytest.mark.parametrize(
    ("kind", "has_left"), [("CUSTOMER_REQUEST", False), ("TECHNICAL", False), ("PREPAID", True)]
)
def test_own_breaks_are_no_absence(kind, has_left):
    service = SubscriptionFactory()
    Suspension.objects.create(
        subscription=service,
        customer=service.customer,
        kind=kind,
        span=DateRange(FIRST.date(), None),
        reason="see above",
        started_at=FIRST,
    )
    spell = (service.customer_id, FIRST.date())

    assert leaving.left([spell]) == ({spell} if has_left else set())


def test_a_second_service_in_use_keeps_somebody():
    ended = SubscriptionFactory(status="CANCELLED", cancelled_on=FIRST.date())
    spell = (ended.customer_id, FIRST.date())
    assert leaving.left([spell]) == {spell}

    SubscriptionFactory(customer=ended.customer, line_no=2)

    assert leaving.left([spell]) == set()
