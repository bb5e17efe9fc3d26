"""Campaigns of the demo: one that is over, one of tomorrow, and a draft."""

from datetime import datetime, timedelta
from decimal import Decimal

from customers.models import Campaign, Customer
from customers.queries import campaigns as queries
from customers.queries import letters
from customers.queries.directory import Filters
from customers.queries.letters import Draft
from customers.services import campaign_runs, campaigns, opting_out
from customers.services.campaigns import Consent, Plan
from ispbill.accounts.models import User
from ispbill.core.acts import Act
from ispbill.devtools.demo import messages
from ispbill.devtools.demo.ground import Ground
from ispbill.notifications.models import Message, MessageSettings

BUDGET = Decimal("25000.00")
NO_MORE = 2  # customers who have had enough of offers
_SPEED = Draft(
    "SMS",
    "Dear {name}, twice your speed until the end of the month for the same price.",
    text_bn="প্রিয় {name}, মাসের শেষ পর্যন্ত একই দামে দ্বিগুণ গতি।",
    is_offer=True,
)
_ROUTER = Draft("SMS", "Dear {name}, please restart your router once this week. {company_phone}")
_EID = Draft(
    "SMS",
    "Eid greetings, {name}! Bring a friend and both get a month at half price.",
    text_bn="ঈদ মোবারক, {name}! একজন বন্ধুকে আনলে দুজনেই এক মাস অর্ধেক দামে পাবেন।",
    is_offer=True,
)


def run(*, base: Ground, now: datetime) -> None:
    """Write the past one, schedule one, and leave one as a draft."""
    MessageSettings.current()
    MessageSettings.objects.update(month_budget=BUDGET)
    clerk = base.staff["billing@demo.test"]
    began = (now - timedelta(days=9)).replace(hour=6, minute=0)  # noon in Dhaka
    past = _confirmed(Plan("Twice the speed", _SPEED, Filters(status=("ACTIVE",))), clerk, began)
    _arrive(past, began)
    soon = (now + timedelta(days=1)).replace(hour=5, minute=0)
    router = Plan("Restart your router", _ROUTER, Filters(status=("ACTIVE",), language="bn"))
    _confirmed(router, clerk, now, starts_at=soon)
    campaigns.add(plan=Plan("Eid offer", _EID, Filters()), act=Act(clerk, now))


def _confirmed(
    plan: Plan, clerk: User, at: datetime, *, starts_at: datetime | None = None
) -> Campaign:
    campaign = campaigns.add(plan=plan, act=Act(clerk, at))
    outlook = queries.preview(campaign, user=clerk, at=at, leaves_at=at).outlook
    if not outlook.count:
        return campaign
    consent = Consent(outlook.digest, outlook.count, starts_at or at)
    return campaigns.confirm(campaign=campaign, consent=consent, act=Act(clerk, at))


def _arrive(campaign: Campaign, at: datetime) -> None:
    """Let everybody get it, but for a number that does not exist; some want no more."""
    while campaign_runs.advance(campaign_id=campaign.pk, at=at):
        pass
    messages.deliver_what_is_past(event=letters.OFFER)
    first = Message.objects.filter(event=letters.OFFER).order_by("pk").first()
    if first is not None:
        Message.objects.filter(pk=first.pk).update(
            state=Message.State.FAILED, delivered_at=None, error="1001 Invalid number"
        )
    campaign_runs.advance(campaign_id=campaign.pk, at=at + timedelta(minutes=20))
    reached = campaign.members.order_by("-pk").values_list("customer_id", flat=True)[:NO_MORE]
    for customer in Customer.objects.filter(pk__in=list(reached)):
        opting_out.stop_offers(customer=customer, act=Act(None, at + timedelta(hours=2)))
