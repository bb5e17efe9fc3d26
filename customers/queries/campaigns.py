"""Campaigns: whom a draft would reach and what it costs, how far one is, and what came of it."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext

from customers.models import Campaign, CampaignMember
from customers.queries import directory, letters
from customers.queries.letters import Draft, Outlook
from ispbill.accounts.access import branch_scope
from ispbill.accounts.models import User
from ispbill.audit.models import AuditEvent
from ispbill.core import clock, statements
from ispbill.notifications.models import Message
from ispbill.notifications.queries import prices

STOPPED_OFFERS = "customer.offers_stopped"
UNDER_WAY = (Campaign.State.SCHEDULED, Campaign.State.RUNNING, Campaign.State.HELD)
_MOST_FAILURES = 50
_OUTCOMES = """
    SELECT cm.state, cm.why, coalesce(m.state, ''), count(*)
    FROM customers_campaignmember cm
    LEFT JOIN notifications_message m ON cm.dedup_key <> '' AND m.dedup_key = cm.dedup_key
    WHERE cm.campaign_id = %s
    GROUP BY 1, 2, 3
"""
_FAILURES = """
    SELECT m.id, c.number, c.name, m.state, m.error
    FROM customers_campaignmember cm
    JOIN notifications_message m ON m.dedup_key = cm.dedup_key
    JOIN customers_customer c ON c.id = cm.customer_id
    WHERE cm.campaign_id = %s AND cm.dedup_key <> '' AND m.state IN ('FAILED', 'UNKNOWN')
    ORDER BY m.id LIMIT %s
"""


@dataclass(frozen=True)
class Preview:
    """What sending a draft now would come to. Money in the company's currency."""

    outlook: Outlook
    found: int
    """Customers the filters leave, with those who get nothing."""
    cost: Decimal | None
    spent: Decimal
    """What the month's messages have come to so far."""
    budget: Decimal | None

    @property
    def is_over_budget(self) -> bool:
        if self.cost is None or self.budget is None:
            return False
        return self.spent + self.cost > self.budget


@dataclass(frozen=True)
class Failure:
    """A message of a campaign that did not arrive, as far as anybody knows."""

    message_id: int
    number: str
    name: str
    state: str
    error: str


@dataclass(frozen=True)
class Outcome:
    """What became of everybody a campaign is for; the numbers add up to `members`."""

    members: int
    waiting: int
    queued: int
    sent: int
    delivered: int
    failed: int
    unknown: int
    cancelled: int
    left_out: list[tuple[str, int]]
    """Why somebody got nothing after all, and how many."""

    @property
    def left_out_count(self) -> int:
        return sum(number for _why, number in self.left_out)

    @property
    def done(self) -> int:
        """Those about whom everything is decided."""
        return self.members - self.waiting - self.queued


def visible_to(user: User) -> QuerySet[Campaign]:
    """Return the campaigns a member of staff may open; a branch manager sees the branch's."""
    if not user.is_console_user:
        return Campaign.objects.none()
    branch = branch_scope(user)
    return Campaign.objects.all() if branch is None else Campaign.objects.filter(branch_id=branch)


def draft_of(campaign: Campaign) -> Draft:
    """Return a campaign's text."""
    return Draft(
        channel=campaign.channel,
        text=campaign.text,
        subject=campaign.subject,
        text_bn=campaign.text_bn,
        subject_bn=campaign.subject_bn,
        is_offer=campaign.is_offer,
    )


def found(campaign: Campaign, *, user: User, at: datetime) -> list[int]:
    """Return the ids of the customers a draft's filters leave, of those a person may open."""
    filters = directory.thawed(campaign.filters)
    on = clock.local_date(at)
    rows = directory.everybody(directory.visible_to(user), filters, on=on)
    return sorted(rows.values_list("pk", flat=True))


def preview(campaign: Campaign, *, user: User, at: datetime, leaves_at: datetime) -> Preview:
    """Reckon what a draft would come to if it left at a moment; writes nothing."""
    ids = found(campaign, user=user, at=at)
    outlook = letters.outlook(
        ids, draft_of(campaign), at=at, leaves_at=leaves_at, once_a_number=True
    )
    used = prices.budget(at)
    return Preview(
        outlook=outlook, found=len(ids), cost=outlook.cost, spent=used.spent, budget=used.amount
    )


def outcome(campaign: Campaign) -> Outcome:
    """Return what became of everybody so far, in one statement."""
    states: Counter[str] = Counter()
    left_out: Counter[str] = Counter()
    for state, why, message, number in statements.read(_OUTCOMES, [campaign.pk]):
        if state == CampaignMember.State.LEFT_OUT:
            left_out[gettext(why)] += number
        else:
            states[message or state] += number
    return Outcome(
        members=sum(states.values()) + left_out.total(),
        waiting=states["WAITING"],
        queued=states["QUEUED"] + states["SENDING"],
        sent=states["SENT"],
        delivered=states["DELIVERED"],
        failed=states["FAILED"],
        unknown=states["UNKNOWN"],
        cancelled=states["CANCELLED"],
        left_out=left_out.most_common(),
    )


def failures(campaign: Campaign) -> list[Failure]:
    """Return the first messages that failed, or of which nobody knows."""
    return [Failure(*row) for row in statements.read(_FAILURES, [campaign.pk, _MOST_FAILURES])]


def opted_out_since(campaign: Campaign) -> int:
    """Return how many it was for have stopped offers since it began."""
    if campaign.started_at is None:
        return 0
    stopped = AuditEvent.objects.filter(
        action=STOPPED_OFFERS,
        at__gte=campaign.started_at,
        customer_id__in=campaign.members.values("customer_id"),
    )
    return stopped.values("customer_id").distinct().count()


def under_way(campaign: Campaign) -> QuerySet[Message]:
    """Return a campaign's messages that have not left the house."""
    keys = campaign.members.filter(state=CampaignMember.State.QUEUED).values("dedup_key")
    waiting = (Message.State.QUEUED, Message.State.SENDING)
    return Message.objects.filter(dedup_key__in=keys, state__in=waiting)


def counts(campaigns: QuerySet[Campaign]) -> dict[str, int]:
    """Return how many campaigns are in each state, with all of them under ""."""
    states: list[Any] = list(campaigns.values_list("state", flat=True))
    return {"": len(states), **Counter(states)}
