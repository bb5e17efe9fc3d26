"""A text to the customers a filter leaves: drafted, looked at, confirmed, and stopped midway.

Whom it is for is written down at confirmation, one account for each number; sending it is
`campaign_runs`.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from customers.models import Campaign, CampaignMember
from customers.queries import campaigns, directory, letters
from customers.queries.campaigns import Preview
from customers.queries.directory import Filters
from customers.queries.letters import Draft
from customers.services import bulk_messages
from ispbill.accounts.access import branch_scope
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.jobs import after_commit
from ispbill.core.models import Company
from ispbill.notifications.models import Message
from ispbill.notifications.rules import offers
from ispbill.notifications.services import compose

TYPED_ABOVE = 500  # messages; a larger number is typed by whoever confirms it
STOPPED = gettext_noop("The campaign was stopped.")
_CHUNK = 1000

State = Campaign.State


class NotADraft(DomainError):
    """A campaign that is confirmed is not changed any more."""


class NotUnderWay(DomainError):
    """There is nothing left to stop."""


class ReachChanged(DomainError):
    """Other customers are in reach than were shown: somebody must look again."""


class NotConfirmed(DomainError):
    """The number was not typed, nobody is in reach, or the budget asks for the owner."""


@dataclass(frozen=True)
class Plan:
    """What a campaign says, to whom, under which name."""

    name: str
    draft: Draft
    filters: Filters


@dataclass(frozen=True)
class Consent:
    """What somebody confirms: the reach they saw, its size as typed, and when it may begin."""

    seen: str
    typed: int | None
    starts_at: datetime


def _no_holidays() -> Collection[date]:
    return frozenset()


_holidays: list[Callable[[], Collection[date]]] = [_no_holidays]


def register_holidays(days: Callable[[], Collection[date]]) -> None:
    """Let the app above that knows the company's holidays name them."""
    _holidays[0] = days


@transaction.atomic
def add(*, plan: Plan, act: Act[User]) -> Campaign:
    """Write a campaign down as a draft. Raises bulk_messages.DraftRefused."""
    bulk_messages.check(plan.draft)
    trail.begin(act=act)
    campaign = Campaign.objects.create(
        **_values(plan), branch_id=branch_scope(act.actor), created_by=act.actor, created_at=act.at
    )
    events.record(
        target=campaign, action="campaign.drafted", act=act, after={"name": campaign.name}
    )
    return campaign


@transaction.atomic
def edit(*, campaign: Campaign, plan: Plan, act: Act[User]) -> Campaign:
    """Change a draft. Raises NotADraft, bulk_messages.DraftRefused."""
    bulk_messages.check(plan.draft)
    trail.begin(act=act)
    campaign = _draft(campaign)
    values = _values(plan)
    before = {name: getattr(campaign, name) for name in values}
    for name, value in values.items():
        setattr(campaign, name, value)
    campaign.save(update_fields=list(values))
    was, now = events.changes(before, values)
    if now:
        events.record(target=campaign, action="campaign.edited", act=act, before=was, after=now)
    return campaign


@transaction.atomic
def confirm(*, campaign: Campaign, consent: Consent, act: Act[User]) -> Campaign:
    """Write down whom a draft is for, and let it begin at its moment.

    Beyond the month's budget it takes the owner and a reason.
    Raises NotADraft, ReachChanged, NotConfirmed.
    """
    trail.begin(act=act)
    campaign = _draft(campaign)
    starts_at = max(consent.starts_at, act.at)
    seen = campaigns.preview(
        campaign, user=act.actor, at=act.at, leaves_at=first_chance(campaign, at=starts_at)
    )
    _check(seen, consent, act=act)
    members = _snapshot(campaign, act=act)
    campaign.state = State.SCHEDULED
    campaign.confirmed_by, campaign.starts_at = act.actor, starts_at
    campaign.members_count, campaign.parts = members, seen.outlook.parts
    campaign.cost_amount = seen.cost
    campaign.save()
    events.record(
        target=campaign,
        action="campaign.confirmed",
        act=act,
        after={
            "messages": members,
            "parts": campaign.parts,
            "cost": str(seen.cost or ""),
            "starts_at": starts_at.isoformat(),
        },
    )
    if starts_at <= act.at:
        after_commit("customers.run_campaigns")  # the timekeeper would come within a minute
    return campaign


@transaction.atomic
def stop(*, campaign: Campaign, act: Act[User]) -> Campaign:
    """Stop a campaign: what has not left the house never will. Raises NotUnderWay."""
    act = trail.begin_with_reason(act=act)
    campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    if not campaign.is_under_way:
        raise NotUnderWay(_("This campaign is not under way."))
    queued = campaigns.under_way(campaign).filter(state=Message.State.QUEUED)
    held = list(
        Message.objects.select_for_update(skip_locked=True)
        .filter(pk__in=queued.values("pk"), state=Message.State.QUEUED)
        .values_list("pk", flat=True)
    )
    Message.objects.filter(pk__in=held).update(state=Message.State.CANCELLED, error=STOPPED)
    left = campaign.members.filter(state=CampaignMember.State.WAITING).update(
        state=CampaignMember.State.LEFT_OUT, why=STOPPED
    )
    campaign.state, campaign.ended_at = State.STOPPED, act.at
    campaign.save(update_fields=["state", "ended_at"])
    events.record(
        target=campaign,
        action="campaign.stopped",
        act=act,
        after={"messages_cancelled": len(held), "customers_left_out": left},
    )
    return campaign


def first_chance(campaign: Campaign, *, at: datetime) -> datetime:
    """Return when a campaign's messages may leave: offers have hours of their own."""
    if not campaign.is_offer:
        terms = compose.terms(event=letters.EVENT, at=at, is_urgent=False)
        return terms.first_chance(campaign.channel)
    return offers.first_chance(
        at, zone=clock.zone(), country=Company.current().phone_region, holidays=_holidays[0]()
    )


def _check(seen: Preview, consent: Consent, *, act: Act[User]) -> None:
    if seen.outlook.digest != consent.seen:
        raise ReachChanged(_("Other customers are in reach now. Look at the number again."))
    count = seen.outlook.count
    if not count:
        raise NotConfirmed(_("Nobody can be sent this."))
    if count > TYPED_ABOVE and consent.typed != count:
        raise NotConfirmed(_("Type the number of messages to confirm it."))
    if seen.is_over_budget:
        if act.actor.role != User.Role.OWNER:
            raise NotConfirmed(_("This goes beyond the month's budget: the owner confirms it."))
        trail.required_reason(act.reason)


def _snapshot(campaign: Campaign, *, act: Act[User]) -> int:
    """Write down everybody who gets a message; return how many they are."""
    ids = campaigns.found(campaign, user=act.actor, at=act.at)
    with translation.override("en"):
        members = [
            CampaignMember(
                campaign=campaign, customer_id=letter.customer_id, recipient=letter.recipient
            )
            for letter in letters.letters(
                ids, campaigns.draft_of(campaign), at=act.at, once_a_number=True
            )
            if letter.text is not None
        ]
    CampaignMember.objects.bulk_create(members, batch_size=_CHUNK)
    return len(members)


def _values(plan: Plan) -> dict[str, Any]:
    draft = plan.draft
    return {
        "name": plan.name.strip(),
        "channel": draft.channel,
        "subject": draft.subject,
        "text": draft.text,
        "subject_bn": draft.subject_bn,
        "text_bn": draft.text_bn,
        "is_offer": draft.is_offer,
        "filters": directory.frozen(plan.filters),
    }


def _draft(campaign: Campaign) -> Campaign:
    campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    if not campaign.is_draft:
        raise NotADraft(_("This campaign is confirmed; it is not changed any more."))
    return campaign
