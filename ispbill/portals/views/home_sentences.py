"""The one sentence of a first page: what matters most, with what to do about it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.dunning.queries import dunning
from customers.queries import leads
from ispbill.accounts.access import may
from ispbill.accounts.http import Request
from ispbill.core import formats
from ispbill.portals import navigation
from ispbill.reports.queries import owed
from ispbill.reports.queries.remembered import remembered
from network.outages.models import Outage
from network.outages.queries import outages
from network.outages.views import words as outage_words
from network.queries import routers
from payments.desk.queries import day_close


@dataclass(frozen=True)
class Button:
    """What one may do about it; the first of a sentence is the page's blue one."""

    label: str | Promise
    url: str
    symbol: str


@dataclass(frozen=True)
class Sentence:
    """What matters, how bad it is, and its buttons."""

    text: str
    tone: str = ""
    buttons: tuple[Button, ...] = ()


Teller = Callable[[Request, date, int | None], Sentence | None]


def first(tellers: tuple[Teller, ...], request: Request, on: date, branch: int | None) -> Sentence:
    """Return the first that has something to tell, worst first; else that all is well."""
    for teller in tellers:
        found = teller(request, on, branch)
        if found is not None:
            return found
    return Sentence(_("All is paid and up"), "success")


def late(request: Request, on: date, branch_id: int | None) -> Sentence | None:
    """Late money, and who is switched off next for it."""
    found = owed.owed(on=on, branch_id=branch_id)
    cuts = remembered(
        f"cuts:{on}:{branch_id}", lambda: dunning.next_cuts(on=on, branch_id=branch_id)
    )
    day, count = next(((day, n) for day, n in cuts.items() if n), (None, 0))
    if not found.overdue and day is None:
        return None
    parts = []
    if found.overdue:
        parts.append(_("%(amount)s is late") % {"amount": formats.whole_money(found.overdue)})
    if day is not None:
        parts.append(
            ngettext(
                "%(count)d customer is cut off %(day)s",
                "%(count)d customers are cut off %(day)s",
                count,
            )
            % {"count": count, "day": _when(day, on)}
        )
    late_words = ngettext(
        "The %(count)d customer who is late", "The %(count)d who are late", found.customers
    ) % {"count": found.customers}
    buttons = [
        Button(late_words, navigation.address("staff_billing:dunning"), "list"),
        *_taking(request),
    ]
    return Sentence(", ".join(parts), buttons=tuple(buttons))


def outage(request: Request, _on: date, branch_id: int | None) -> Sentence | None:
    """An outage that is open, or a router that does not answer."""
    if not may(request.user, "network.view"):
        return None
    opened = list(outages.open_now(request.user, branch_id))
    if opened:
        return _opened(opened)
    silent = [one for one in routers.strips(request.user, branch_id) if one.is_silent]
    if not silent:
        return None
    lines = sum(one.on for one in silent)
    words: dict[str, Any] = {"name": silent[0].router.name, "count": len(silent), "lines": lines}
    text = (
        _("%(name)s does not answer, %(lines)s lines hang on it")
        if len(silent) == 1
        else _("%(count)s routers do not answer, %(lines)s lines hang on them")
    ) % words
    url = navigation.address("staff_network:routers")
    return Sentence(text, buttons=(Button(_("Routers"), url, "router"),))


def _opened(found: Sequence[Outage]) -> Sentence:
    first = found[0]
    words = {"title": outage_words.title(first), "count": len(found)}
    text = (
        _("Outage: %(title)s")
        if len(found) == 1
        else _("%(count)s outages are open, the longest: %(title)s")
    ) % words
    url = reverse("staff_network:outage", args=[first.number])
    return Sentence(text, buttons=(Button(_("Outages"), url, "wifi-off"),))


def open_day(request: Request, on: date, branch_id: int | None) -> Sentence | None:
    """A day of cash that nobody has closed."""
    behind = day_close.behind(on=on, branch_id=branch_id)
    if not behind or not may(request.user, "cash.supervise"):
        return None
    url = navigation.address("staff_payments:day-close")
    text = _("An earlier day's cash is not closed: %(branches)s") % {"branches": ", ".join(behind)}
    return Sentence(text, buttons=(Button(_("Close day"), url, "lock"),))


def up(request: Request, _on: date, branch_id: int | None) -> Sentence | None:
    """The lines that are open, when nothing is wrong with the routers."""
    found = routers.strips(request.user, branch_id)
    words = {"lines": sum(one.on for one in found)}
    url = navigation.address("staff_network:sync-queue")
    text = _("Every router answers, %(lines)s lines are open") % words
    return Sentence(text, buttons=(Button(_("Sync queue"), url, "refresh"),))


def follow_ups(request: Request, on: date, _branch_id: int | None) -> Sentence | None:
    """The leads to be called today."""
    count = leads.to_follow_up(leads.visible_to(request.user), on=on).count()
    text = _("Nobody waits for a call")
    if count:
        text = ngettext(
            "%(count)d lead is to be followed up", "%(count)d leads are to be followed up", count
        ) % {"count": count}
    buttons = [Button(_("Leads"), navigation.address("staff_customers:leads"), "user-plus")]
    return Sentence(text, buttons=tuple(buttons))


def _when(day: date, on: date) -> str:
    if day == on:
        return _("today")
    if (day - on).days == 1:
        return _("tomorrow")
    return _("on %(weekday)s") % {"weekday": date_format(day, "l")}


def _taking(request: Request) -> list[Button]:
    if not may(request.user, "payments.take"):
        return []
    return [Button(_("Cash desk"), navigation.address("staff_payments:cash-desk"), "cash")]
