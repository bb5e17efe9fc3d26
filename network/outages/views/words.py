"""Outages in words."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ispbill.core import formats
from network.outages.models import Outage
from network.outages.queries import outages
from network.outages.queries.outages import Place
from network.outages.rules import moves


@dataclass(frozen=True)
class Row:
    """An outage as lists show it."""

    outage: Outage
    places: list[Place]
    lasts: str
    is_late: bool
    """Works past their planned end, or an outage past the hour we hoped for."""

    @property
    def where(self) -> str:
        """Return the first places, and how many more."""
        names = [one.name for one in self.places]
        more = len(names) - 2
        shown = ", ".join(names[:2])
        return _("%(names)s and %(n)d more") % {"names": shown, "n": more} if more > 0 else shown


def row(outage: Outage, *, at: datetime) -> Row:
    """Return an outage for a list."""
    is_live = outage.state in (moves.PROPOSED, *moves.OPEN)
    return Row(
        outage=outage,
        places=outages.places(outage),
        lasts=length(outages.downtime(outage, at=at)) if is_live or outage.is_over else "",
        is_late=is_live and outage.expected_at is not None and outage.expected_at < at,
    )


def length(seconds: int) -> str:
    """Say how long something lasted."""
    return formats.duration(timedelta(seconds=seconds), get_language() or "en")


def title(outage: Outage) -> str:
    """Return the public title in the reader's language."""
    is_bangla = (get_language() or "en") == "bn"
    return outage.local_title if is_bangla and outage.local_title else outage.title
