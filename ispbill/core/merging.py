"""Two people, one form: what each of them has changed, and where both changed the same field.

A form is compared as a browser sends it: a text for a field, yes or no for a tick, a list for
several choices or for the rows of a set. So the same few lines serve every form there is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from django import forms
from django.forms import BaseForm, BaseFormSet
from django.http import QueryDict

Value = Any  # str, bool, a list of str, or the rows of a set: what JSON can carry
Values = dict[str, Value]
Sealed = Mapping[str, str]

_SEALED = "sealed:"


@dataclass(frozen=True)
class Merged:
    """What is to be written, and what somebody has to be asked about first.

    In `values` a field that is asked about holds what the second person sent.
    """

    values: Values
    asked: tuple[str, ...] = ()
    only_theirs: tuple[str, ...] = ()
    only_mine: tuple[str, ...] = ()


@dataclass
class _Sorted:
    values: Values = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    only_theirs: list[str] = field(default_factory=list)
    only_mine: list[str] = field(default_factory=list)


def merge(before: Values, theirs: Values, mine: Values) -> Merged:
    """Bring together what two people made of a form that both opened as `before`.

    A field that only one of them touched is theirs who touched it; one that `mine` lacks was not
    shown, so it was not touched.
    """
    found = _Sorted()
    for name, there in theirs.items():
        was = before.get(name, there)
        here = mine.get(name, was)
        found.values[name] = there if here == was else here
        if here == was and there != was:
            found.only_theirs.append(name)
        elif here != was and there == was:
            found.only_mine.append(name)
        elif here not in (was, there):
            found.asked.append(name)
    return Merged(
        found.values, tuple(found.asked), tuple(found.only_theirs), tuple(found.only_mine)
    )


def shown(form: BaseForm, sealed: Sealed | None = None) -> Values:
    """Return what a browser sends of an unbound form that nobody has touched.

    `sealed`: of a secret that is never shown, whatever tells one secret from the next.
    """
    values = {name: _shown(form, name) for name in _compared(form)}
    return values | {name: _seal(text) for name, text in (sealed or {}).items() if name in values}


def sent(form: BaseForm, data: QueryDict, sealed: Sealed | None = None) -> Values:
    """Return what was sent of the fields of `form`; a secret left empty is not touched."""
    found = {}
    for name in _compared(form):
        widget, key = form.fields[name].widget, form.add_prefix(name)
        if widget.value_omitted_from_data(data, {}, key):
            continue
        value = _plain(widget.value_from_datadict(data, {}, key))
        if value or name not in (sealed or {}):
            found[name] = value
    return found


def write(form: BaseForm, data: QueryDict, values: Values) -> None:
    """Let `data` say `values`, as if they had been sent."""
    for name in _compared(form):
        key, value = form.add_prefix(name), values.get(name)
        if name not in values:
            continue
        if isinstance(value, list):
            data.setlist(key, value)
        elif isinstance(value, bool):
            data.pop(key, None)
            if value:
                data[key] = "on"
        else:
            data[key] = "" if is_sealed(value) else str(value)


def shown_rows(rows: "BaseFormSet[Any]") -> list[Values]:
    """Return what a browser sends of the rows of an untouched set; empty ones are none."""
    return [values for form in rows.forms if any((values := shown(form)).values())]


def sent_rows(rows: "BaseFormSet[Any]", data: QueryDict) -> list[Values]:
    """Return the rows that were sent of a bound set; empty ones are none."""
    return [values for form in rows.forms if any((values := sent(form, data)).values())]


def write_rows(rows: "BaseFormSet[Any]", data: QueryDict, values: list[Values]) -> None:
    """Let `data` say these rows: the forms of a bound set that are left over become empty."""
    empty = rows.empty_form
    for number in range(max(len(values), len(rows.forms))):
        empty.prefix = rows.add_prefix(number)
        given = values[number] if number < len(values) else {}
        write(empty, data, {name: given.get(name, _nothing(empty, name)) for name in empty.fields})
    data[f"{rows.prefix}-TOTAL_FORMS"] = str(max(len(values), len(rows.forms)))


def is_sealed(value: Value) -> bool:
    """Tell whether this stands for a secret that is kept and not shown."""
    return isinstance(value, str) and value.startswith(_SEALED)


def differing(text: str, before: str) -> tuple[str, str, str]:
    """Return a text in three: as before, what differs, and as before again."""
    most = min(len(text), len(before))
    head = next((i for i in range(most) if text[i] != before[i]), most)
    most -= head
    tail = next((i for i in range(most) if text[-1 - i] != before[-1 - i]), most)
    end = len(text) - tail
    return text[:head], text[head:end], text[end:]


def both(before: str, theirs: str, mine: str) -> str:
    """Return one text that holds what two people have written."""
    if before and theirs.startswith(before) and mine.startswith(before):
        return theirs + mine[len(before) :]
    glue = "\n" if "\n" in theirs + mine or theirs[-1:] in ".!?।" else ". "
    return glue.join(one for one in (theirs, mine) if one)


def _compared(form: BaseForm) -> Iterator[str]:
    """Return the fields two people can differ in: files are always new, locked ones never sent."""
    for name, one in form.fields.items():
        if not one.disabled and not isinstance(one, forms.FileField):
            yield name


def _shown(form: BaseForm, name: str) -> Value:
    bound, widget = form[name], form.fields[name].widget
    value = bound.value()
    if isinstance(widget, forms.CheckboxInput):
        return bool(widget.check_test(value))
    if isinstance(widget, forms.PasswordInput) and not widget.render_value:
        return ""
    if getattr(widget, "allow_multiple_selected", False):
        return _plain(list(widget.format_value(value)))
    told = widget.format_value(value)
    return _plain(next(iter(told), "") if isinstance(told, list | tuple) else told)


def _plain(value: Any) -> Value:
    if isinstance(value, bool):
        return value
    if isinstance(value, list | tuple):
        return sorted(str(one) for one in value)
    return "" if value is None else str(value).replace("\r\n", "\n")


def _nothing(form: BaseForm, name: str) -> Value:
    widget = form.fields[name].widget
    if isinstance(widget, forms.CheckboxInput):
        return False
    return [] if getattr(widget, "allow_multiple_selected", False) else ""


def _seal(text: str) -> str:
    return _SEALED + blake2b(text.encode(), digest_size=8).hexdigest()
