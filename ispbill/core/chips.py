"""The filters of a list that are in force, in words, each with the address that leaves it out."""

from collections.abc import Callable, Collection, Mapping
from datetime import date
from functools import partial
from typing import Any

from django.forms import BooleanField, Field, Form
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ispbill.core import formats
from ispbill.core.paging import asked_anew

_NOTHING: tuple[Any, ...] = (None, "", [], False)


def of(
    form: Form,
    query: QueryDict,
    *,
    but: Collection[str] = (),
    words: Mapping[str, Callable[[Any], str]] | None = None,
    kept: Mapping[str, str] | None = None,
) -> list[dict[str, str]]:
    """Return a chip (`label`, `value`, `remove_url`) for each value of a filter that was read.

    `but`: fields that are seen elsewhere, such as the search or the tabs. `words`: how the value
    of a field is said whose choices the form does not know, such as the key of a row. `kept`: what
    the addresses ask for besides, where a list asked for nothing is not the whole list.
    """
    form.is_valid()
    chips: list[dict[str, str]] = []
    for name, field in form.fields.items():
        value = form.cleaned_data.get(name)
        if name in but or value in _NOTHING:
            continue
        say = (words or {}).get(name) or partial(_said, field)
        chips += [
            {
                "label": str(field.label or _("Search")),
                "value": str(say(one)),
                "remove_url": asked_anew(
                    query, **{name: _others(query, name, str(one))}, **(kept or {})
                ),
            }
            for one in (value if isinstance(value, list) else [value])
        ]
    return chips


def _said(field: Field, value: Any) -> str:
    if isinstance(field, BooleanField):
        return _("yes")
    if isinstance(value, date):
        return formats.day(value, get_language() or "en")
    choices: Any = getattr(field, "choices", None) or getattr(field.widget, "choices", ())
    return str({str(key): text for key, text in choices}.get(str(value), value))


def _others(query: QueryDict, name: str, value: str) -> list[str]:
    """Return what a key is asked for besides a value."""
    asked = query.getlist(name)
    return [one for one in asked if one != value] if len(asked) > 1 else []
