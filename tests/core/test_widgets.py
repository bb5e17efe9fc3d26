"""Form controls drawn without templates: Django's markup to the letter."""

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import mark_safe

from ispbill.core.widgets import Renderer


class Everything(forms.Form):
    text = forms.CharField(max_length=20, widget=forms.TextInput(attrs={"title": '"&<'}))
    day = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
    one = forms.ChoiceField(
        choices=[("", "Any <"), ("x", mark_safe("<b>X</b>")), ("Group", [(1, "one"), (2, "two")])]
    )
    many = forms.MultipleChoiceField(choices=[("a", "A"), ("b", "B")])
    lines = forms.CharField(widget=forms.Textarea(attrs={"rows": 2, "hidden": False}))
    tick = forms.BooleanField(required=False)
    hidden = forms.IntegerField(widget=forms.HiddenInput)
    number = forms.DecimalField(required=False)
    mail = forms.EmailField()
    secret = forms.CharField(widget=forms.PasswordInput)
    either = forms.ChoiceField(choices=[("a", "A")], widget=forms.RadioSelect)
    file = forms.FileField(required=False)


GIVEN = {
    "text": "<script>", "day": "2026-01-05", "one": "2", "many": ["b"], "lines": "a\n<b>",
    "tick": "on", "hidden": "7", "number": "1.50", "mail": "x", "secret": "s", "either": "a",
}  # fmt: skip


@pytest.mark.parametrize("data", [None, GIVEN, {}])
def test_every_control_looks_as_django_draws_it(data):
    ours, theirs = (
        Everything(data, renderer=Renderer()),
        Everything(data, renderer=DjangoTemplates()),
    )

    assert {name: str(ours[name]) for name in ours.fields} == {
        name: str(theirs[name]) for name in theirs.fields
    }
