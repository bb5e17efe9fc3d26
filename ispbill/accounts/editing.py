"""An edit form from its opening to its saving, while others may have the same one open.

A form carries what it showed when it was opened. When it comes back, the thing is locked and read
anew, and three states are compared field by field: before, theirs, mine. What only one of them
touched is taken over without asking; what both touched is asked (`ui/_conflict.html`, 409), and the
answer is sent with the very form that lies below the question. See docs/adr/0053.

A view says `one_at_a_time`, takes the thing through `held`, and its form through `form`; the rest
of it is as it would be for one person alone.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar, cast

from django.core import signing
from django.db import transaction
from django.db.models import Model
from django.forms import BaseForm, BaseFormSet
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.utils.text import slugify
from django.utils.translation import gettext as _

from ispbill.accounts import conflicts
from ispbill.accounts.conflicts import Conflict
from ispbill.core import clock, merging
from ispbill.core.merging import Merged, Sealed, Values

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
Row = TypeVar("Row", bound=Model)
Form = TypeVar("Form", bound=BaseForm)

OPENED = "opened"  # what the form showed when it was opened
SEEN = "opened_since"  # what the question showed as theirs
CHOICE, TOGETHER = "choice-", "both-"


@dataclass
class Edited:
    """What an edit form carries besides its fields; `form.edited`."""

    form_id: str
    opened: str
    conflict: Conflict | None = None


@dataclass(frozen=True)
class _Opening:
    """What a form showed, and when."""

    at: datetime | None
    values: Values


@dataclass(frozen=True)
class _Thing:
    """What is edited: a row, or a place where one may come to be."""

    row: Model | None
    place: str

    @property
    def name(self) -> str:
        """Return the name a form is opened under."""
        if self.place or self.row is None:
            return self.place
        return f"{self.row._meta.label_lower}:{self.row.pk}"


def one_at_a_time(view: View) -> View:
    """Let a view save in one transaction, so that what `held` locks stays locked until it is."""

    @wraps(view)
    def saving(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        with transaction.atomic():
            return view(request, *args, **kwargs)

    return cast(View, saving)


def held(request: HttpRequest, row: Row, *, no_key: bool = False) -> Row:
    """Return the row as it is now, locked when it is about to be changed.

    `no_key`: as its service locks it. A service that locks something before its row lends its own
    first beat instead.
    """
    if request.method != "POST":
        return row
    rows = type(row)._default_manager.select_for_update(of=("self",), no_key=no_key)
    return rows.get(pk=row.pk)


def form(
    request: HttpRequest,
    make: Callable[..., Form],
    *,
    about: Model | None,
    place: str = "",
    sealed: Sealed | None = None,
    form_id: str = "",
    is_sent: bool = True,
    **options: Any,
) -> Form:
    """Return the form of an edit: as it stands on GET, what two people made of it on POST.

    `about` is what is edited, None for something new; `place` names what may have no row yet.
    `options` are the form's own, its present values among them. `sealed`: by field, what tells a
    stored secret from the next one. `is_sent`: whether a POST is of this form of its page.
    """
    if not place and (about is None or about.pk is None):
        return make(request.POST or None, **options)
    sheet = Sheet(make(**options), sealed or {})
    data, edited = _settled(request if is_sent else None, sheet, _Thing(about, place), form_id)
    return _filled(make(data, **options), edited)


def form_with_rows(
    request: HttpRequest,
    make: Callable[[QueryDict | None], Form],
    make_rows: Callable[[QueryDict | None], "BaseFormSet[Any]"],
    *,
    about: Model | None,
    place: str = "",
    label: str,
) -> tuple[Form, "BaseFormSet[Any]"]:
    """Return a form and the set of rows below it; the set is one field, called `label`."""
    if about is None and not place:
        return make(request.POST or None), make_rows(request.POST or None)
    sheet = Sheet(make(None), {}, make_rows, label)
    data, edited = _settled(request, sheet, _Thing(about, place), "")
    return _filled(make(data), edited), make_rows(data)


def conflict_of(filled: BaseForm | None) -> Conflict | None:
    """Return what has to be asked before a form can be saved, if anything."""
    edited: Edited | None = getattr(filled, "edited", None)
    return edited.conflict if edited else None


class Sheet:
    """Everything one edit form asks: its fields, and perhaps one set of rows."""

    def __init__(
        self,
        blank: BaseForm,
        sealed: Sealed,
        make_rows: Callable[[QueryDict | None], "BaseFormSet[Any]"] | None = None,
        label: str = "",
    ) -> None:
        self.blank, self.sealed, self._make_rows, self.label = blank, sealed, make_rows, label

    def shown(self) -> Values:
        """Return what the sheet shows now."""
        values = merging.shown(self.blank, self.sealed)
        if self._make_rows:
            values[self.rows_name] = merging.shown_rows(self._make_rows(None))
        return values

    def sent(self, data: QueryDict) -> Values:
        """Return what came back of it."""
        values = merging.sent(self.blank, data, self.sealed)
        if self._make_rows:
            values[self.rows_name] = merging.sent_rows(self._make_rows(data), data)
        return values

    def written(self, data: QueryDict, values: Values) -> QueryDict:
        """Return the data as if `values` had been sent."""
        told = data.copy()
        merging.write(self.blank, told, values)
        if self._make_rows:
            merging.write_rows(self._make_rows(data), told, values[self.rows_name])
        return told

    @property
    def rows_prefix(self) -> tuple[str, ...]:
        """Return what the names of the rows' fields begin with."""
        return (f"{self._make_rows(None).prefix}-",) if self._make_rows else ()

    @property
    def rows_name(self) -> str:
        """Return the name the rows go by; no field has it."""
        return "rows-of-the-form"


def _settled(
    request: HttpRequest | None, sheet: Sheet, thing: _Thing, form_id: str
) -> tuple[QueryDict | None, Edited]:
    """Return what the form is filled with, and what it carries on."""
    now, name = sheet.shown(), thing.name
    edited = Edited(form_id or _as_id(name), _opened(name, now))
    if request is None or request.method != "POST":
        return None, edited
    opening = _opening(name, request.POST.get(OPENED, ""), now)
    if opening is None:
        return request.POST, edited
    mine = sheet.sent(request.POST)
    seen = _opening(name, request.POST.get(SEEN, ""), now)
    settled = _resolved(request.POST, opening, seen, mine, now)
    if not settled.asked:
        return sheet.written(request.POST, settled.values), edited
    edited.conflict = conflicts.of(
        sheet, opening.values, now, mine, about=thing.row, opened_at=opening.at, merged=settled
    )
    edited.conflict.form_id, edited.conflict.seen = edited.form_id, edited.opened
    edited.conflict.pressed = list(_pressed(request.POST, sheet))
    edited.opened = request.POST[OPENED]
    return request.POST, edited


def _resolved(
    data: QueryDict, opening: _Opening, seen: _Opening | None, mine: Values, now: Values
) -> Merged:
    """Return what becomes of three states, with the choices made so far.

    Choices hold for what was shown beside them: who is overtaken again is asked again.
    """
    before = opening.values
    if seen is not None:
        first = merging.merge(before, seen.values, mine)
        chosen = {name: _choice(data, name, seen.values, mine) for name in first.asked}
        if None not in chosen.values():
            second = merging.merge(seen.values, now, first.values | chosen)
            if not second.asked:
                return second
    return merging.merge(before, now, mine)


def _choice(data: QueryDict, name: str, theirs: Values, mine: Values) -> Any:
    chosen = data.get(f"{CHOICE}{name}")
    if chosen == "both":
        return data.get(f"{TOGETHER}{name}", "").replace("\r\n", "\n")
    return {"theirs": theirs.get(name), "mine": mine.get(name)}.get(chosen or "")


def _pressed(data: QueryDict, sheet: Sheet) -> Iterator[tuple[str, str]]:
    """Return what was sent beside the fields: the name of the button, above all."""
    known = {sheet.blank.add_prefix(name) for name in sheet.blank.fields}
    for name in data:
        is_ours = name in known or name in {OPENED, SEEN, "csrfmiddlewaretoken"}
        if not is_ours and not name.startswith((CHOICE, TOGETHER, *sheet.rows_prefix)):
            yield name, str(data[name])


def _as_id(name: str) -> str:
    return "edit-" + slugify(name.replace(".", "-").replace(":", "-"))


def _opened(name: str, values: Values) -> str:
    told = {"at": clock.now().isoformat(), "was": values}
    return signing.dumps(told, salt=f"opened:{name}", compress=True)


def _opening(name: str, token: str, now: Values) -> _Opening | None:
    """Return what a form showed; of one that cannot be read, that it showed nothing known."""
    if not token:
        return None
    try:
        told = signing.loads(token, salt=f"opened:{name}")
    except signing.BadSignature:
        return _Opening(None, dict.fromkeys(now))
    return _Opening(datetime.fromisoformat(told["at"]), told["was"])


def _filled(filled: Form, edited: Edited) -> Form:
    """Hang what it carries on a form; one that asks a question first is not valid."""
    filled.edited = edited  # type: ignore[attr-defined]
    if edited.conflict is not None:
        filled.full_clean()
        names = ", ".join(one.label for one in edited.conflict.asked)
        filled.add_error(None, _("Somebody else changed this too: %(fields)s.") % {"fields": names})
    return filled
