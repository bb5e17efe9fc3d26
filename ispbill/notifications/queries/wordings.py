"""The texts in force: the company's own where there is one, else the shipped ones."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext, gettext_noop

from ispbill.notifications.models import Wording
from ispbill.notifications.rules import sms, wording
from ispbill.notifications.rules.events import EVENTS, Event
from ispbill.notifications.rules.wording import Text

Place = tuple[str, str, str]
"""Event, channel, language."""


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


def own_row(place: Place) -> Wording | None:
    """Return the company's own text of a place, if it has one."""
    event, channel, language = place
    return Wording.objects.filter(event=event, channel=channel, language=language).first()


CHANNEL_NAMES = (("SMS", "SMS"), ("WHATSAPP", "WhatsApp"), ("EMAIL", gettext_noop("E-mail")))


@dataclass(frozen=True)
class Line:
    """One event's text in a channel and language, with sample values put in."""

    event: Event
    title: str
    text: Text | None
    words: str
    """The text as a reader gets it; "" when nothing is sent."""
    parts: int
    """Of the SMS; 0 for other channels."""
    own: Wording | None

    @property
    def is_off(self) -> bool:
        return self.text is None


def lines(channel: str, language: str) -> list[Line]:
    """Return every event's text in force there, in two queries."""
    places = {code: (code, channel, language) for code in EVENTS}
    texts = in_force(places.values())
    own = {row.event: row for row in Wording.objects.filter(channel=channel, language=language)}
    return [
        _line(event, texts[places[event.code]], own.get(event.code), channel, language)
        for event in EVENTS.values()
    ]


def _line(
    event: Event, text: Text | None, own: Wording | None, channel: str, language: str
) -> Line:
    if text is None:
        return Line(event, gettext(event.title), None, "", 0, own)
    done = wording.compose(text, event.code, event.samples, language=language, channel=channel)
    parts = sms.parts(done.body).parts if channel == "SMS" else 0
    words = f"{done.subject}. {done.body}" if done.subject else done.body
    return Line(event, gettext(event.title), text, words, parts, own)


def is_own(place: Place) -> bool:
    """Tell whether the company has its own text there."""
    event, channel, language = place
    return Wording.objects.filter(event=event, channel=channel, language=language).exists()
