"""Addresses that take no mail: a permanent failure ends e-mail to one, or the third temporary one
in a week. The message that came back has failed, and what stands in for it goes."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from ispbill.notifications.gateways.heard import Report
from ispbill.notifications.models import Bounce, Message
from ispbill.notifications.services import reports
from ispbill.notifications.services.names import client_id

WEEK, MOST_IN_A_WEEK = timedelta(days=7), 3
_FINAL = "5."


def take(
    address: str, *, status: str, reason: str = "", of: Message | None = None, at: datetime
) -> bool:
    """Keep what a mail server reported of an address; tell whether e-mail to it has ended.

    `of`: the message that came back. A report about another address than the message's own is
    believed of neither: anybody can send us one.
    """
    address = address.lower()
    if of is None or of.recipient.lower() != address:
        return False
    with transaction.atomic():
        ends = status.startswith(_FINAL) or _is_third(address, at=at)
        Bounce.objects.get_or_create(
            address=address,
            is_final=ends,
            lifted_at=None,
            **({} if ends else {"bounced_at": at}),
            defaults={"status": status, "reason": reason[:300], "bounced_at": at},
        )
        if ends:
            said = f"{status} {reason}".strip()
            told = Report(of.provider_ref or client_id(of), "FAILED", client_id(of), at, said)
            reports.take(of.provider, [told], at=at)
    return ends


def reason_of(address: str) -> str:
    """Return why an address takes no mail, "" for one that may."""
    found = Bounce.objects.filter(address=address.lower(), is_final=True, lifted_at=None).first()
    return f"This address takes no mail: {found.status} {found.reason}".strip() if found else ""


@transaction.atomic
def lift(*, bounce: Bounce, act: Act[User]) -> None:
    """Send e-mail to an address again. Raises ReasonMissing."""
    act = trail.begin_with_reason(act=act)
    changed = Bounce.objects.filter(pk=bounce.pk, lifted_at=None).update(lifted_at=act.at)
    if changed:
        events.record(
            act=act, action="message.bounce_lifted", target=bounce, label=_("E-mail address")
        )


def _is_third(address: str, *, at: datetime) -> bool:
    lately = Bounce.objects.filter(address=address, bounced_at__gt=at - WEEK, is_final=False)
    return lately.count() >= MOST_IN_A_WEEK - 1
