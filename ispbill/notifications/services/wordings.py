"""The company's own texts: keep one, or go back to the shipped one."""

from django.db import transaction
from django.utils.translation import gettext as _

from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core import locks
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.notifications.models import Wording
from ispbill.notifications.queries import wordings
from ispbill.notifications.rules import wording
from ispbill.notifications.rules.wording import Text


class WordingRefused(DomainError):
    """The text asks for something the event cannot tell, or an e-mail has no subject."""


@transaction.atomic
def save(*, place: wordings.Place, text: Text, act: Act[User]) -> Wording:
    """Keep the company's own text for (event, channel, language); an empty body sends nothing."""
    event, channel, language = place
    trail.begin(act=act)
    hold(place)
    try:
        wording.check(event, f"{text.subject}\n{text.body}")
    except wording.UnknownPlaceholder as error:
        raise WordingRefused(
            _("This event does not know %(names)s.") % {"names": str(error)}
        ) from error
    if channel == wording.EMAIL and text.body and not text.subject:
        raise WordingRefused(_("An e-mail needs a subject."))
    before = _snapshot(wordings.in_force([place])[place])
    row, _created = Wording.objects.update_or_create(
        event=event,
        channel=channel,
        language=language,
        defaults={"subject": text.subject, "body": text.body, "is_active": bool(text.body)},
    )
    was, now = events.changes(before, _snapshot(text))
    events.record(act=act, action="wording.changed", target=row, before=was, after=now)
    return row


@transaction.atomic
def reset(*, place: wordings.Place, act: Act[User]) -> None:
    """Drop the company's own text, so that the shipped one is used again."""
    event, channel, language = place
    trail.begin(act=act)
    hold(place)
    row = Wording.objects.filter(event=event, channel=channel, language=language).first()
    if row is None:
        return
    was, now = events.changes(
        _snapshot(Text(subject=row.subject, body=row.body)), _snapshot(wording.shipped(*place))
    )
    events.record(act=act, action="wording.reset", target=row, before=was, after=now)
    row.delete()


def hold(place: wordings.Place) -> None:
    """Keep everybody else from a text until the transaction ends: it may have no row to lock."""
    locks.hold("wording:" + ":".join(place))


def _snapshot(text: Text | None) -> dict[str, str]:
    return {"subject": text.subject if text else "", "body": text.body if text else ""}
