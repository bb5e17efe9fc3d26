"""Hand a campaign to the outbox batch by batch, and know when it is over.

A batch is one transaction: its messages and the members' new state are saved together, so that a
worker which dies between two batches has told nobody twice and forgotten nobody. Consent is asked
again for each batch: who has opted out since the confirmation gets nothing.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_noop

from customers.models import Campaign, CampaignMember
from customers.queries import campaigns, letters
from customers.queries.letters import Letter
from customers.services.campaigns import first_chance
from ispbill.core import live
from ispbill.notifications.models import Message
from ispbill.notifications.services import compose

BATCH = 250
DEPTH = 1000  # messages of a campaign in the outbox at a time: the rest can still be stopped
GONE = gettext_noop("The account or its address is not there any more.")

State = Campaign.State


def due(*, at: datetime) -> list[int]:
    """Return the ids of the campaigns that have something to do, the oldest first."""
    rows = Campaign.objects.filter(state__in=campaigns.UNDER_WAY, starts_at__lte=at)
    return list(rows.order_by("starts_at", "pk").values_list("pk", flat=True))


@transaction.atomic
def advance(*, campaign_id: int, at: datetime) -> int:
    """Hand over one batch of a campaign; return how many members it decided about.

    0 means that there is nothing to do at present: it is held outside its hours, its messages
    are still leaving, somebody else is at it, or it is done.
    """
    campaign = (
        Campaign.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(pk=campaign_id, state__in=campaigns.UNDER_WAY, starts_at__lte=at)
        .first()
    )
    if campaign is None:
        return 0
    if first_chance(campaign, at=at) > at:
        _move(campaign, State.HELD)
        return 0
    if campaign.started_at is None:
        campaign.started_at = at
        campaign.save(update_fields=["started_at"])
    _move(campaign, State.RUNNING)
    leaving = campaigns.under_way(campaign).count()
    waiting = campaign.members.filter(state=CampaignMember.State.WAITING).order_by("pk")
    members = list(waiting[: min(BATCH, max(0, DEPTH - leaving))])
    if members:
        _hand_over(campaign, members, at=at)
    elif not leaving and not waiting.exists():
        campaign.state, campaign.ended_at = State.DONE, at
        campaign.save(update_fields=["state", "ended_at"])
        live.changed("message")
    return len(members)


def _hand_over(campaign: Campaign, members: Sequence[CampaignMember], *, at: datetime) -> None:
    draft = campaigns.draft_of(campaign)
    with translation.override("en"):
        written = {
            letter.customer_id: letter
            for letter in letters.letters([one.customer_id for one in members], draft, at=at)
        }
    rows = []
    for member in members:
        letter = written.get(member.customer_id)
        if letter is None or letter.text is None or letter.recipient != member.recipient:
            member.state = CampaignMember.State.LEFT_OUT
            member.why = (letter.why_not if letter is not None else "") or GONE
            continue
        message = _message(campaign, letter, event=draft.event, at=at)
        member.state, member.dedup_key = CampaignMember.State.QUEUED, message.dedup_key
        rows.append(message)
    if rows and compose.insert(rows):
        compose.wake_after_commit()
    CampaignMember.objects.bulk_update(members, ["state", "why", "dedup_key"])


def _message(campaign: Campaign, letter: Letter, *, event: str, at: datetime) -> Message:
    assert letter.text is not None  # noqa: S101 - narrows the type
    fact = f"campaign-{campaign.pk}:{letter.customer_id}"
    return Message(
        dedup_key=compose.key(event=event, dedup=fact, channel=campaign.channel),
        event=event,
        channel=campaign.channel,
        recipient=letter.recipient,
        customer_id=letter.customer_id,
        language=letter.language,
        context=letter.context,
        subject=letter.text.subject,
        body=letter.text.body,
        next_attempt_at=at,
        created_at=at,
    )


def _move(campaign: Campaign, state: str) -> None:
    if campaign.state != state:
        campaign.state = state
        campaign.save(update_fields=["state"])
        live.changed("message")
