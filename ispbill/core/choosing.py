"""What a form lets one choose among, put in when the form is made."""

from collections.abc import Iterable
from typing import Any

from django import forms


def offer(form: forms.Form, name: str, choices: Iterable[tuple[Any, Any]]) -> None:
    """Let a field take one of these choices and nothing else."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 - narrows the type
    field.choices = list(choices)


def choose_from(form: forms.Form, name: str, rows: Any) -> None:
    """Let a field take one of these rows, a queryset."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - narrows the type
    field.queryset = rows


def show_choices(form: forms.Form, name: str, choices: Iterable[tuple[Any, Any]]) -> None:
    """Show choices for a field that takes other values too, such as a filter from an address."""
    form.fields[name].widget = forms.RadioSelect(choices=list(choices))
