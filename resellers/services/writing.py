"""A reseller writes to own customers, within the day's number; consent holds as for the house."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.queries.letters import Draft, Outlook
from customers.services import bulk_messages
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from resellers.models import Reseller, ResellerMessage
from resellers.queries import own_messages


class NotSent(DomainError):
    """Nothing may be sent, nobody can be reached, or others than were shown."""


@dataclass(frozen=True)
class Letter:
    """What is sent to whom: the customers' ids, and the audience they are."""

    draft: Draft
    audience: str
    customers: Sequence[int]
    key: str
    """Of the form: the same again sends nothing twice."""


def outlook(*, reseller: Reseller, letter: Letter, act: Act[User]) -> Outlook:
    """Return what sending would come to; writes nothing. Raises DraftRefused."""
    draft = signed(letter.draft, reseller)
    return bulk_messages.outlook(draft=draft, customers=letter.customers, at=act.at)


@transaction.atomic
def send(*, reseller: Reseller, letter: Letter, seen: str, act: Act[User]) -> ResellerMessage:
    """Queue what was shown (`seen`, its digest). Raises NotSent, DraftRefused."""
    trail.begin(act=act)
    # Lock: two of one reseller who write at once wait for each other, for the day's number.
    reseller = Reseller.objects.select_for_update(no_key=True, of=("self",)).get(pk=reseller.pk)
    earlier = ResellerMessage.objects.filter(key=letter.key).first()
    if earlier is not None:
        return earlier
    # Decide.
    would = outlook(reseller=reseller, letter=letter, act=act)
    _check(reseller, would, seen, act=act)
    # Change.
    draft = letter.draft
    made = ResellerMessage.objects.create(
        reseller=reseller,
        audience=letter.audience,
        channel=draft.channel,
        text=draft.text,
        text_bn=draft.text_bn,
        is_offer=draft.is_offer,
        chosen_count=len(letter.customers),
        message_count=would.count,
        parts=would.parts,
        key=letter.key,
        sent_by=act.actor,
        sent_at=act.at,
        sent_on=act.on,
    )
    bulk_messages.queue(
        draft=signed(draft, reseller),
        customers=letter.customers,
        key=f"reseller-{made.pk}",
        act=act,
    )
    # Trail.
    events.record(
        act=act,
        action="reseller.messaged",
        target=reseller,
        label=draft.text[:160],
        after={"customers": len(letter.customers), "messages": would.count, "text": draft.text},
    )
    return made


def _check(reseller: Reseller, would: Outlook, seen: str, *, act: Act[User]) -> None:
    if not (reseller.is_active and reseller.may_message):
        raise NotSent(_("No messages are sent for this reseller at present."))
    if would.digest != seen:
        raise NotSent(_("Other customers are in reach now. Look at the number again."))
    if not would.count:
        raise NotSent(_("Nobody can be sent this."))
    left = own_messages.left_today(reseller, on=act.on)
    if would.count > left:
        said = ngettext(
            "Today %(left)d more message may go out.",
            "Today %(left)d more messages may go out.",
            left,
        )
        raise NotSent(said % {"left": left})


def signed(draft: Draft, reseller: Reseller) -> Draft:
    """Return a draft that says below its text whose it is."""
    name = reseller.brand_name or reseller.name
    bangla = f"{draft.text_bn}\n– {name}" if draft.text_bn else ""
    return replace(draft, text=f"{draft.text}\n– {name}", text_bn=bangla)
