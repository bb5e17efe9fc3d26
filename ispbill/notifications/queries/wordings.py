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
class Cell:
    """One text of the grid."""

    channel: str
    language: str
    text: Text | None
    is_own: bool
    parts: int
    """Of the SMS with sample values; 0 for other channels."""

    @property
    def is_off(self) -> bool:
        return self.text is None


@dataclass(frozen=True)
class Line:
    """One event of the grid, with its cells: for each channel, each language."""

    event: Event
    title: str
    cells: list[Cell]


def grid() -> list[Line]:
    """Return every text in force, in two queries at most."""
    places = [
        (event, channel, language)
        for event in EVENTS
        for channel in wording.CHANNELS
        for language in wording.LANGUAGES
    ]
    texts = in_force(places)
    own = set(Wording.objects.values_list("event", "channel", "language"))
    lines = []
    for event in EVENTS.values():
        cells = []
        for place in places:
            if place[0] != event.code:
                continue
            _event, channel, language = place
            text = texts[place]
            parts = 0
            if text is not None and channel == "SMS":
                done = wording.compose(
                    text, event.code, event.samples, language=language, channel=channel
                )
                parts = sms.parts(done.body).parts
            cells.append(Cell(channel, language, text, place in own, parts))
        lines.append(Line(event, gettext(event.title), cells))
    return lines


def is_own(place: Place) -> bool:
    """Tell whether the company has its own text there."""
    event, channel, language = place
    return Wording.objects.filter(event=event, channel=channel, language=language).exists()
