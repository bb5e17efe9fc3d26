"""The texts in force: the company's own where there is one, else the shipped ones."""

from collections.abc import Iterable

from django.db.models import Q

from ispbill.notifications.models import Wording
from ispbill.notifications.rules import wording
from ispbill.notifications.rules.wording import Text

Place = tuple[str, str, str]
"""Event, channel, language."""


def turned_off(event: str) -> set[tuple[str, str]]:
    """Return the (channel, language) pairs for which an event sends nothing."""
    off = Wording.objects.filter(event=event).filter(Q(is_active=False) | Q(body=""))
    return set(off.values_list("channel", "language"))


def in_force(places: Iterable[Place]) -> dict[Place, Text | None]:
    """Return the text of each place in one query; None where nothing is to be sent.

    A language there are no texts in is read as English. KeyError for an unknown event.
    """
    wanted = {(event, channel, wording.language_for(code)) for event, channel, code in places}
    own = {
        (row.event, row.channel, row.language): row
        for row in Wording.objects.filter(event__in={event for event, _c, _l in wanted})
    }
    texts: dict[Place, Text | None] = {}
    for place in wanted:
        row = own.get(place)
        if row is None:
            texts[place] = wording.shipped(*place)
        elif row.is_active and row.body:
            texts[place] = Text(subject=row.subject, body=row.body)
        else:
            texts[place] = None
    return texts
