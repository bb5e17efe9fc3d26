"""What a person is shown who saves on top of somebody else: mine, theirs, before, in words."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django import forms
from django.db.models import Model
from django.forms import BaseForm
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from ispbill.audit.forms import ReasonField
from ispbill.audit.queries.latest import latest
from ispbill.core import clock, formats, merging
from ispbill.core.merging import Merged, Values

_HIDDEN = "••••••"


@dataclass(frozen=True)
class Asked:
    """A field that both have changed. `theirs` and `mine` are in three: the middle differs."""

    name: str
    label: str
    before: str
    theirs: tuple[str, str, str]
    mine: tuple[str, str, str]
    both: str = ""  # one text of the two, of a field of several lines


@dataclass(frozen=True)
class Taken:
    """A field that only one of the two has changed; it is taken over without asking."""

    label: str
    before: str
    after: str
    is_mine: bool


@dataclass
class Conflict:
    """The question, as `ui/_conflict.html` asks it."""

    who: str
    saved_at: str
    opened_at: str
    asked: list[Asked]
    taken: list[Taken]
    form_id: str = ""
    pressed: list[tuple[str, str]] = field(default_factory=list)
    seen: str = field(default="", repr=False)

    @property
    def initials(self) -> str:
        """Return up to two first letters of whoever was faster."""
        return "".join(word[0] for word in self.who.split()[:2]).upper()

    @property
    def count_words(self) -> str:
        """Say how much there is to choose."""
        return ngettext(
            "%(count)d field differs; choose one of the two.",
            "%(count)d fields differ; choose one each.",
            len(self.asked),
        ) % {"count": len(self.asked)}


class Asking(Protocol):
    """What is read of a sheet here."""

    blank: BaseForm
    sealed: Any
    label: str


def of(
    sheet: Asking,
    before: Values,
    theirs: Values,
    mine: Values,
    *,
    about: Model | None,
    opened_at: datetime | None,
    merged: Merged,
) -> Conflict:
    """Put a conflict into words."""
    saved = latest(about, since=opened_at) if about is not None and opened_at else None
    return Conflict(
        who=saved.actor_name if saved and saved.actor_id else _("Somebody else"),
        saved_at=_when(saved.at) if saved else "",
        opened_at=_when(opened_at) if opened_at else "",
        asked=[_asked(sheet, name, before, theirs, mine) for name in merged.asked],
        taken=[
            *_taken(sheet, merged.only_theirs, before, theirs, is_mine=False),
            *_taken(sheet, merged.only_mine, before, mine, is_mine=True),
        ],
    )


def _asked(sheet: Asking, name: str, before: Values, theirs: Values, mine: Values) -> Asked:
    if _is_secret(sheet, name):
        meanwhile, typed = ("", _("Replaced meanwhile"), ""), ("", _("What you typed"), "")
        return Asked(name, _label(sheet, name), _HIDDEN, meanwhile, typed)
    was, there, here = (_words(sheet, name, values.get(name)) for values in (before, theirs, mine))
    is_long = name in sheet.blank.fields and isinstance(
        sheet.blank.fields[name].widget, forms.Textarea
    )
    together = is_long and there and here
    return Asked(
        name=name,
        label=_label(sheet, name),
        before=was,
        theirs=merging.differing(there, was) if there else ("", _("Empty"), ""),
        mine=merging.differing(here, was) if here else ("", _("Empty"), ""),
        both=merging.both(was, there, here) if together else "",
    )


def _taken(
    sheet: Asking, names: Iterable[str], before: Values, after: Values, *, is_mine: bool
) -> Iterable[Taken]:
    for name in names:
        one = sheet.blank.fields.get(name)
        if one is None or not (one.widget.is_hidden or isinstance(one, ReasonField)):
            was, now = (_words(sheet, name, values.get(name)) for values in (before, after))
            yield Taken(_label(sheet, name), was or _("Empty"), now or _("Empty"), is_mine)


def _label(sheet: Asking, name: str) -> str:
    return str(sheet.blank[name].label) if name in sheet.blank.fields else sheet.label


def _words(sheet: Asking, name: str, value: Any) -> str:
    """Return a value as people read it; a secret is never told."""
    if value is None or value in ("", []):
        return ""
    if _is_secret(sheet, name):
        return _HIDDEN
    if name in sheet.blank.fields:
        return _field_words(sheet.blank.fields[name], value)
    return "\n".join(
        ", ".join(str(one) for one in row.values() if one and one != []) for row in value
    )


def _field_words(one: forms.Field, value: Any) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    choices = getattr(one, "choices", None)
    if choices is None:
        return ", ".join(value) if isinstance(value, list) else str(value)
    names = dict(_flat(choices))
    wanted = value if isinstance(value, list) else [value]
    return ", ".join(names.get(str(key), str(key)) for key in wanted)


def _flat(choices: Any) -> Iterable[tuple[str, str]]:
    for key, label in choices:
        if isinstance(label, list | tuple):
            yield from _flat(label)
        else:
            yield str(key), str(label)


def _is_secret(sheet: Asking, name: str) -> bool:
    one = sheet.blank.fields.get(name)
    return name in sheet.sealed or isinstance(getattr(one, "widget", None), forms.PasswordInput)


def _when(at: datetime) -> str:
    """Return the hour; of another day the day too."""
    language, here = get_language() or "en", at.astimezone(clock.zone())
    if here.date() == clock.today():
        return formats.digits_in(f"{here:%H:%M}", language)
    return formats.moment(at, clock.zone(), language)
