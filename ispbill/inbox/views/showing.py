"""What the inbox's templates are given: the list, one item, where each link leads."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ispbill.accounts.access import may
from ispbill.accounts.http import Request
from ispbill.core import digits, formats
from ispbill.inbox.queries import items
from ispbill.inbox.queries.items import Counts, Found, Item
from ispbill.inbox.queries.sources import Done, Group, Source, Urgency, Verb

_LATER, _OLDEST = "later", "oldest"
Place = tuple[int, int]  # which item of how many, counted from one


@dataclass(frozen=True)
class ShownVerb:
    """A verb and where it leads; the first one is the blue act."""

    verb: Verb
    url: str
    is_blue: bool


@dataclass(frozen=True)
class View:
    """Which tab is looked at, in which order; its query string goes along with every link."""

    group: Group | None
    is_later: bool
    is_oldest_first: bool

    @property
    def query(self) -> str:
        show = _LATER if self.is_later else self.group.value if self.group is not None else ""
        sort = _OLDEST if self.is_oldest_first else ""
        kept = {name: value for name, value in (("show", show), ("sort", sort)) if value}
        return f"?{urlencode(kept)}" if kept else ""


def view_of(request: Request) -> View:
    """Read the tab and the order from the address."""
    show = request.GET.get("show", "")
    group = next((one for one in Group if one.value == show), None)
    return View(group, show == _LATER, request.GET.get("sort") == _OLDEST)


def the_list_url(request: Request) -> str:
    """Return the address of the list in the tab looked at."""
    return reverse("staff:inbox") + view_of(request).query


def loaded(request: Request, *, at: datetime) -> Found:
    """Return the items of the tab that is looked at."""
    view = view_of(request)
    return items.load(
        request.user,
        at=at,
        group=view.group,
        is_later=view.is_later,
        is_oldest_first=view.is_oldest_first,
    )


def the_list(request: Request, found: Found, *, at: datetime, here: str) -> dict[str, Any]:
    """Return the context of the list; `here` names the item that stands open."""
    view, counts = view_of(request), items.counts(request.user, at=at)
    rows = [
        _row(request, one, (place, len(found.items)), at=at, here=here)
        for place, one in enumerate(found.items, start=1)
    ]
    return {
        "rows": rows,
        "failed": found.failed,
        "total": counts.total,
        "is_cut": not view.is_later and len(rows) == items.MOST,
        "tabs": _tabs(view, counts),
        "sorts": _sorts(view),
        "view": view,
        "list_url": the_list_url(request),
        "nothing": _nothing(view),
    }


def the_item(
    request: Request,
    source: Source,
    row: Any,
    *,
    at: datetime,
    error: str = "",
    place: Place | None = None,
) -> dict[str, Any]:
    """Return the context of one item with its verbs; `place` is which it is of how many."""
    line, place = source.line(row), place or place_of(request)
    url = address(request, source, row.pk)
    detail = source.detail(request, row)
    allowed = [one for one in source.verbs(request, row) if is_allowed(request, source, one)]
    shown = [
        ShownVerb(one, address(request, source, row.pk, one.name), is_blue=nth == 0)
        for nth, one in enumerate(allowed)
    ]
    blue = next((one for one in shown if one.is_blue), None)
    refusal = next((one for one in shown if one.verb.is_refusal and not one.is_blue), None)
    return {
        "source": source,
        "key": row.pk,
        "name": f"{source.kind}/{row.pk}",
        "line": line,
        "age": age(line.since, at=at),
        "detail": detail,
        "primary": blue,
        "refusal": refusal,
        "others": [one for one in shown if one not in (blue, refusal)],
        "item_url": url,
        "part_url": part_of(url, place),
        "later_url": address(request, source, row.pk, view="inbox-later"),
        "list_url": the_list_url(request),
        "place": place,
        "error": error,
        **detail.context,
    }


def is_allowed(request: Request, source: Source, verb: Verb) -> bool:
    """Tell whether this person may do it: the source's right, and the verb's own."""
    return may(request.user, source.capability) and (
        not verb.capability or may(request.user, verb.capability)
    )


def address(
    request: Request, source: Source, key: int, verb: str = "", view: str = "inbox-item"
) -> str:
    """Return the address of an item, of a verb, or of another view of it, in the tab looked at."""
    given = [source.kind, key, *([verb] if verb else [])]
    return reverse(f"staff:{'inbox-act' if verb else view}", args=given) + view_of(request).query


def after(found: Found, wanted: str) -> Item | None:
    """Return the item to stand open next: the one that was below, or the first."""
    below = (one for one in found.items if one.name == wanted)
    return next(below, found.items[0] if found.items else None)


def done_context(done: Done | None, *, is_warning: bool = False) -> dict[str, Any]:
    """Return what the line above the bar says of the act before."""
    return {"done": done, "is_warning": is_warning}


def part_of(url: str, place: Place | None) -> str:
    """Return the address of an item for htmx, which tells it its place in the list."""
    if place is None:
        return url
    return f"{url}{'&' if '?' in url else '?'}n={place[0]}&of={place[1]}"


def place_of(request: Request) -> Place | None:
    """Return which item of how many this is, as the list's link said."""
    place, count = (digits.whole(request.GET.get(name, "")) for name in ("n", "of"))
    return None if place is None or count is None else (place, count)


def age(since: datetime, *, at: datetime) -> str:
    """Say how long something has waited by its one largest unit."""
    waited = max(at - since, timedelta())
    days, hours = waited.days, waited.seconds // 3600
    if days:
        return ngettext("%(n)s day", "%(n)s days", days) % {"n": formats.number(days)}
    if hours:
        return _("%(n)s h") % {"n": formats.number(hours)}
    return _("%(n)s min") % {"n": formats.number(waited.seconds // 60)}


def _row(request: Request, one: Item, place: Place, *, at: datetime, here: str) -> dict[str, Any]:
    line = one.line
    url = address(request, one.source, one.key)
    amount = ""
    if line.amount is not None:
        sign = "+" if line.is_change and line.amount > 0 else ""
        short = replace(formats.defaults().style, hide_zero_decimals=True)
        amount = f"{sign}{formats.money(line.amount, short)}"
    return {
        "name": one.name,
        "line": line,
        "symbol": one.source.symbol,
        "label": one.source.label,
        "amount": amount,
        "age": age(line.since, at=at),
        "is_urgent": line.urgency == Urgency.CUSTOMER_OFF,
        "url": url,
        "part_url": part_of(url, place),
        "is_here": one.name == here,
    }


def _tabs(view: View, counts: Counts) -> list[dict[str, Any]]:
    whole = View(None, False, view.is_oldest_first)
    tabs = [_tab(_("All"), counts.total, whole, view)]
    for group in Group:
        if (number := counts.of(group)) or view.group is group:
            tabs.append(_tab(group.label, number, View(group, False, whole.is_oldest_first), view))
    if counts.later or view.is_later:
        tabs.append(_tab(_("Later"), counts.later, View(None, True, whole.is_oldest_first), view))
    return tabs


def _tab(label: Any, number: int, leads_to: View, view: View) -> dict[str, Any]:
    return {
        "label": label,
        "count": number,
        "url": f"{reverse('staff:inbox')}{leads_to.query}",
        "is_current": leads_to == view,
    }


def _sorts(view: View) -> list[dict[str, Any]]:
    words = ((_("Most urgent first"), False), (_("Longest waiting first"), True))
    return [
        {
            "label": label,
            "url": reverse("staff:inbox") + View(view.group, view.is_later, is_oldest).query,
            "is_current": view.is_oldest_first is is_oldest,
        }
        for label, is_oldest in words
    ]


def _nothing(view: View) -> str:
    if view.is_later:
        return _("Nothing is put off.")
    return _("Nothing waits for you.") if view.group is None else _("Nothing of this kind waits.")
