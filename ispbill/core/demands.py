"""Fields of a form that are demanded depending on another: what their labels say, and when.

A form names such a field once, in `__init__`; `ui/_field.html` then says "(optional)" only while
the field really is, and `static/js/app.js` follows what is chosen. What is refused is still the
form's own `clean`, or the service's.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django import forms
from django.forms import BoundField


@dataclass(frozen=True)
class Demand:
    """By which field, and by which of its values; None: by any value but none."""

    by: str
    values: frozenset[str] | None


def demand(
    form: forms.BaseForm, name: str, *, by: str = "", values: Collection[str] | None = None
) -> None:
    """Let `name` be demanded while the field `by` has one of `values` (None: any at all).

    Without `by` the label never says "(optional)": one of several is needed, or the page shows
    the field only when it is.
    """
    kept = None if values is None else frozenset(map(str, values))
    form.fields[name].demand = Demand(by, kept)  # type: ignore[attr-defined]


def of(field: BoundField) -> Demand | None:
    """Return what demands a field, None when nothing does."""
    found: Demand | None = getattr(field.field, "demand", None)
    return found


def is_demanded(field: BoundField) -> bool:
    """Tell whether a field must be filled in with what the form holds at the moment."""
    if field.field.required:
        return True
    found = of(field)
    if found is None:
        return False
    if not found.by:
        return True
    if found.by not in field.form.fields:
        return False
    value = field.form[found.by].value()
    chosen = {str(one) for one in (value if isinstance(value, list | tuple) else [value])}
    chosen -= {"", "None", "False"}
    return bool(chosen if found.values is None else chosen & found.values)
