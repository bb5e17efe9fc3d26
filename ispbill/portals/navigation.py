"""How a menu becomes what one person sees on one page (the menus themselves: `menus`).

An entry is named by its URL name. One whose address does not exist, or whose permission the person
lacks, is left out, so a menu never leads to a refusal; the guard on the page itself still decides.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse
from django.utils.functional import Promise

Word = str | Promise
May = Callable[[str], bool]


@dataclass(frozen=True)
class Entry:
    """A page to offer: its words, its URL name, who may see it, the key that leads there."""

    label: Word
    url_name: str
    permission: str = ""
    """A capability, or several with "|" between them of which one will do."""
    symbol: str = ""
    hotkey: str = ""
    add_url_name: str = ""
    add_permission: str = ""
    add_label: Word = ""
    add_hotkey: str = ""
    is_home: bool = False
    """The start page of its audience: current only on its very address, not on all under it."""
    tab: Word = ""
    """What the page is called among the tabs of its place, where not like the entry."""
    also: "Sequence[Entry]" = ()
    """Pages that share the place: tabs beside this one, not entries of their own."""
    words: Word = ""
    """What else people call it, for the search box."""


@dataclass(frozen=True)
class Group:
    """Entries under one heading; a group of one titled like itself is shown as a plain link."""

    key: str
    label: Word
    symbol: str
    entries: Sequence[Entry]


@dataclass(frozen=True)
class Item:
    """An entry as shown to one person on one page."""

    label: Word
    url: str
    symbol: str = ""
    hotkey: str = ""
    add_url: str = ""
    add_label: Word = ""
    add_hotkey: str = ""
    is_current: bool = False
    words: Word = ""


@dataclass(frozen=True)
class Section:
    """A group as shown to one person on one page."""

    key: str
    label: Word
    symbol: str
    items: list[Item] = field(default_factory=list)
    is_single: bool = False

    @property
    def is_current(self) -> bool:
        """Tell whether the page being shown lies in this section."""
        return any(item.is_current for item in self.items)


Places = list[list[tuple[Entry, str]]]
"""The pages of each entry a person sees: itself first, then those that share its place."""


def sections(groups: Sequence[Group], *, may: May, path: str) -> list[Section]:
    """Return the groups a person sees, with the entry the path belongs to marked as current."""
    shown = [(group, _places(group.entries, may)) for group in groups]
    here = current([pair for _group, places in shown for place in places for pair in place], path)
    return [
        Section(
            key=group.key,
            label=group.label,
            symbol=group.symbol,
            items=[_of_place(place, may=may, here=here) for place in places],
            is_single=len(group.entries) == 1,
        )
        for group, places in shown
        if places
    ]


def pages(groups: Sequence[Group], *, may: May) -> Iterator[tuple[Group, Item]]:
    """Give every page a person may open, also those that are tabs only, with its group."""
    for group in groups:
        for place in _places(group.entries, may):
            for entry, url in place:
                yield group, _item(entry, url, may=may, here="")


def beside(groups: Sequence[Group], *, may: May, path: str) -> list[Item]:
    """Return the pages that share the place of exactly this address; none when it stands alone."""
    for group in groups:
        for place in _places(group.entries, may):
            if len(place) > 1 and any(url == path for _entry, url in place):
                return [
                    _item(entry, url, may=may, here=path, label=entry.tab) for entry, url in place
                ]
    return []


def reachable(groups: Sequence[Group], *, may: May) -> list[tuple[Entry, str]]:
    """Return the pages a person sees in all groups, each with its address."""
    return [pair for group in groups for place in _places(group.entries, may) for pair in place]


def tabs(entries: Sequence[Entry], *, may: May, path: str) -> list[Item]:
    """Return the flat menu of a portal, with the tab the path belongs to marked as current."""
    pairs = _allowed(entries, may)
    here = current(pairs, path)
    return [_item(entry, url, may=may, here=here) for entry, url in pairs]


def current(pairs: Sequence[tuple[Entry, str]], path: str) -> str:
    """Return the address the path lies at or under; the longest wins, "" when there is none."""
    matching = [
        url for entry, url in pairs if path == url or (not entry.is_home and path.startswith(url))
    ]
    return max(matching, key=len, default="")


def address(url_name: str, *args: object) -> str:
    """Return the address of a URL name, or "" when nothing answers to it."""
    return _address(url_name, args, get_urlconf(), get_script_prefix())


def _places(entries: Sequence[Entry], may: May) -> Places:
    """Return the pages of each entry; who may not see its first page enters by the next one."""
    places = [_allowed((entry, *entry.also), may) for entry in entries]
    return [place for place in places if place]


def _allowed(entries: Sequence[Entry], may: May) -> list[tuple[Entry, str]]:
    pairs = [
        (entry, address(entry.url_name))
        for entry in entries
        if not entry.permission or any(may(one) for one in entry.permission.split("|"))
    ]
    return [(entry, url) for entry, url in pairs if url]


def _of_place(place: list[tuple[Entry, str]], *, may: May, here: str) -> Item:
    entry, url = place[0]
    is_here = any(address == here for _entry, address in place)
    return _item(entry, url, may=may, here=url if is_here else "")


def _item(entry: Entry, url: str, *, may: May, here: str, label: Word = "") -> Item:
    may_add = bool(entry.add_url_name) and (not entry.add_permission or may(entry.add_permission))
    return Item(
        label=label or entry.label,
        url=url,
        symbol=entry.symbol,
        hotkey=entry.hotkey,
        add_url=address(entry.add_url_name) if may_add else "",
        add_label=entry.add_label,
        add_hotkey=entry.add_hotkey,
        is_current=url == here,
        words=entry.words,
    )


@lru_cache(maxsize=1000)  # the menu alone asks for eighty, on every page
def _address(url_name: str, args: tuple[object, ...], _urlconf: str | None, _prefix: str) -> str:
    try:
        return reverse(url_name, args=args or None)
    except NoReverseMatch:
        return ""
