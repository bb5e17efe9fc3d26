"""Campaigns: whom they are for, that each is told once, that they stop, and that a no counts."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from customers import tasks
from customers.models import Campaign
from customers.queries import campaigns as queries
from customers.queries.directory import Filters
from customers.queries.letters import Draft
from customers.services import campaign_runs, campaigns, opting_out
from customers.services.campaigns import Consent, Plan
from ispbill.accounts.models import User
from ispbill.audit.models import AuditEvent
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.notifications.models import Message, MessagePrice, MessageSettings
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory
from tests.queued import instead_of

pytestmark = pytest.mark.django_db
DAY = datetime(2026, 1, 10, 6, tzinfo=UTC)  # noon in Dhaka
EVENING = datetime(2026, 1, 10, 14, tzinfo=UTC)  # eight o'clock: no more offers


@pytest.fixture(autouse=True)
def _still(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: DAY)
    instead_of(monkeypatch, "notifications.send_messages")


@pytest.fixture
def owner():
    return UserFactory(role=User.Role.OWNER)


def written(owner, *, name="Eid", filters=None, **draft):
    plan = Plan(
        name, Draft("SMS", "{name}: twice the speed.", is_offer=True, **draft), filters or Filters()
    )
    return campaigns.add(plan=plan, act=Act(owner, DAY))


def seen(campaign, owner, at=DAY):
    return queries.preview(campaign, user=owner, at=at, leaves_at=at)


def confirmed(campaign, owner, *, typed=None, starts_at=DAY, reason="", at=DAY):
    consent = Consent(seen(campaign, owner, at).outlook.digest, typed, starts_at)
    return campaigns.confirm(campaign=campaign, consent=consent, act=Act(owner, at, reason=reason))


def willing(count, **values):
    return CustomerFactory.create_batch(count, wants_marketing=True, **values)


def priced(price):
    MessagePrice.objects.create(
        channel="SMS", valid_from=date(2020, 1, 1), price=Decimal(price), created_at=clock.now()
    )


def test_the_preview_counts_who_gets_it_and_says_why_others_do_not(owner):
    priced("0.35")
    willing(2)
    CustomerFactory(language="bn", wants_marketing=True, phone="+8801711111111")
    CustomerFactory(wants_marketing=True, phone="+8801711111111", allows_shared_phone=True)
    CustomerFactory()
    CustomerFactory(wants_marketing=True, wants_sms=False)
    campaign = written(owner, text_bn="{name}: দ্বিগুণ গতি।")

    preview = seen(campaign, owner)

    assert (preview.found, preview.outlook.count) == (6, 3)
    assert dict(preview.outlook.left_out) == {
        "Has not agreed to offers.": 1,
        "Does not want SMS.": 1,
        "Another account has this address.": 1,
    }
    assert preview.cost == (preview.outlook.parts * Decimal("0.35")).quantize(Decimal("0.01"))
    bangla = {one.language: one.text.body for one in preview.outlook.samples}["bn"]
    assert "দ্বিগুণ গতি" in bangla
    assert "/stop/" in bangla


def test_filters_say_whom_it_is_for(owner):
    near = willing(1, language="bn")[0]
    willing(2)
    campaign = written(owner, filters=Filters(area=near.area_id, language="bn"))

    confirmed(campaign, owner)

    assert list(campaign.members.values_list("customer_id", flat=True)) == [near.pk]


def test_each_is_told_once_although_the_worker_dies_between_batches(owner, monkeypatch):
    monkeypatch.setattr(campaign_runs, "BATCH", 2)
    willing(5)
    campaign = confirmed(written(owner), owner)

    assert campaign_runs.advance(campaign_id=campaign.pk, at=DAY) == 2
    with pytest.raises(RuntimeError), transaction.atomic():
        campaign_runs.advance(campaign_id=campaign.pk, at=DAY)
        raise RuntimeError("killed before the commit")
    tasks.run_campaigns()
    tasks.run_campaigns()

    assert Message.objects.filter(event="offer").count() == 5
    assert Message.objects.values("recipient").distinct().count() == 5
    outcome = queries.outcome(campaign)
    assert (outcome.members, outcome.queued, outcome.waiting) == (5, 5, 0)


def test_it_is_over_when_all_have_left_and_the_sums_add_up(owner):
    people = willing(4)
    campaign = confirmed(written(owner), owner)
    opting_out.stop_offers(customer=people[0], act=Act(None, DAY))
    tasks.run_campaigns()
    for state, one in zip(("DELIVERED", "SENT", "FAILED"), people[1:], strict=True):
        Message.objects.filter(customer_id=one.pk).update(state=state, error="no such number")
    tasks.run_campaigns()

    campaign.refresh_from_db()
    outcome = queries.outcome(campaign)
    assert campaign.state == "DONE"
    assert outcome.left_out == [("Has not agreed to offers.", 1)]
    assert (outcome.sent, outcome.delivered, outcome.failed, outcome.done) == (1, 1, 1, 4)
    assert [one.error for one in queries.failures(campaign)] == ["no such number"]


def test_stopped_midway_nothing_more_leaves(owner, monkeypatch):
    monkeypatch.setattr(campaign_runs, "BATCH", 2)
    willing(5)
    campaign = confirmed(written(owner), owner)
    campaign_runs.advance(campaign_id=campaign.pk, at=DAY)
    gone = Message.objects.order_by("pk").first()
    Message.objects.filter(pk=gone.pk).update(state="SENT")

    act = Act(owner, DAY, reason="the price is wrong")
    campaigns.stop(campaign=campaign, act=act)
    tasks.run_campaigns()

    outcome = queries.outcome(campaign)
    assert (outcome.sent, outcome.cancelled, outcome.left_out_count) == (1, 1, 3)
    assert outcome.done == outcome.members == 5
    with pytest.raises(campaigns.NotUnderWay):
        campaigns.stop(campaign=campaign, act=act)


def test_offers_are_held_in_the_evening_and_go_on_in_the_morning(owner):
    willing(1)
    campaign = confirmed(written(owner), owner)

    assert campaign_runs.advance(campaign_id=campaign.pk, at=EVENING) == 0
    campaign.refresh_from_db()
    assert (campaign.state, Message.objects.count()) == ("HELD", 0)

    assert campaign_runs.advance(campaign_id=campaign.pk, at=EVENING + timedelta(hours=14)) == 1


def test_whoever_says_no_is_not_reached_the_next_time(owner):
    amina, _babul = willing(2)
    confirmed(written(owner), owner)
    tasks.run_campaigns()

    assert opting_out.stop_offers(customer=amina, act=Act(None, DAY))
    assert not opting_out.stop_offers(customer=amina, act=Act(None, DAY))

    assert Message.objects.get(customer_id=amina.pk).state == "CANCELLED"
    assert seen(written(owner, name="Next"), owner).outlook.count == 1
    assert AuditEvent.objects.filter(action="customer.offers_stopped").count() == 1


def test_another_reach_than_the_one_shown_is_looked_at_again(owner):
    willing(1)
    campaign = written(owner)
    old = Consent(seen(campaign, owner).outlook.digest, None, DAY)
    willing(1)

    with pytest.raises(campaigns.ReachChanged):
        campaigns.confirm(campaign=campaign, consent=old, act=Act(owner, DAY))


def test_a_large_number_is_typed(owner, monkeypatch):
    monkeypatch.setattr(campaigns, "TYPED_ABOVE", 1)
    willing(2)
    campaign = written(owner)

    with pytest.raises(campaigns.NotConfirmed):
        confirmed(campaign, owner, typed=3)
    assert confirmed(campaign, owner, typed=2).members_count == 2


def test_beyond_the_budget_it_takes_the_owner_and_a_reason(owner):
    MessageSettings.current()
    MessageSettings.objects.update(month_budget=Decimal("1.00"))
    priced("1")
    willing(2)
    campaign = written(owner)

    with pytest.raises(campaigns.NotConfirmed):
        confirmed(campaign, UserFactory(role=User.Role.BILLING), reason="the boss is away today")
    with pytest.raises(Exception, match=r"ten characters|10 characters|reason"):
        confirmed(campaign, owner)
    assert confirmed(campaign, owner, reason="the festival is worth it").cost_amount >= 2


def test_a_confirmed_campaign_is_frozen(owner):
    willing(1)
    campaign = confirmed(written(owner), owner)

    with pytest.raises(campaigns.NotADraft):
        campaigns.edit(
            campaign=campaign, plan=Plan("x", Draft("SMS", "y"), Filters()), act=Act(owner, DAY)
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Campaign.objects.filter(pk=campaign.pk).update(text="another")
