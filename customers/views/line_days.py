"""Thirty days of a line as people see them: off for debt, paused, without a session, or nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from customers.models import Subscription, Suspension
from customers.rules import picture
from customers.rules.picture import Day, Line, Span, Use
from ispbill.core import clock, formats

_KINDS = {
    Suspension.Kind.NON_PAYMENT: Day.DEBT,
    Suspension.Kind.PREPAID: Day.DEBT,
    Suspension.Kind.CUSTOMER_REQUEST: Day.PAUSED,
}


@dataclass(frozen=True)
class Box:
    """A square or a day: how it looks, what stands in it and below, and the same in words."""

    look: str
    sign: str
    below: str
    words: str


@dataclass(frozen=True)
class LineDays:
    """The boxes of thirty days, what is read out instead of them, and the first and last day."""

    boxes: list[Box]
    spoken: str
    first: str
    last: str
    counts: dict[Day, int]


def use(service: Subscription, lines: Iterable[Line], *, on: date) -> Use:
    """Return how a service was in use; `lines` are what may be told of the customer's lines.

    Needs the service's suspensions. A session lost today is a matter of minutes: only days that
    were whole days without one count, and today after them.
    """
    off = [
        Span(_KINDS.get(Suspension.Kind(one.kind), Day.OFF), one.span.lower, one.span.upper)
        for one in service.suspensions.all()
        if not one.span.isempty
    ]
    lost = next(
        (
            clock.local_date(line.session_since)
            for line in lines
            if line.line_no == service.line_no and line.is_down and line.session_since
        ),
        None,
    )
    down = lost + timedelta(days=1) if lost is not None and lost < on else None
    return Use(service.activated_on, service.cancelled_on, off, down)


def drawn(uses: Sequence[Use], *, on: date) -> LineDays:
    """Return the last thirty days as they are drawn."""
    days = picture.ribbon(uses, on=on)
    counts = {look: sum(1 for _on, day in days if day == look) for look in Day}
    language, names = get_language() or "en", words()
    spoken = ", ".join(
        ngettext("%(n)s day %(how)s", "%(n)s days %(how)s", count)
        % {"n": formats.number(count), "how": names[look]}
        for look, count in counts.items()
        if count
    )
    boxes = [Box(day, "", "", f"{formats.day(on, language)}: {names[day]}") for on, day in days]
    first, last = (formats.day(one, language) for one in (days[0][0], days[-1][0]))
    return LineDays(boxes, spoken, first, last, counts)


def words() -> dict[Day, str]:
    """Name how a line was on a day."""
    return {
        Day.NONE: _("without a line"),
        Day.OK: _("switched on"),
        Day.DOWN: _("switched on, no session"),
        Day.PAUSED: _("paused at own request"),
        Day.OFF: _("switched off"),
        Day.DEBT: _("closed for debt"),
    }
