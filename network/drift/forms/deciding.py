"""What staff decide about differences."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ispbill.audit.forms import ReasonField


class PlanForm(forms.Form):
    """Which findings of a plan to put right or adopt, and why."""

    look = forms.IntegerField(widget=forms.HiddenInput())
    fix = forms.TypedMultipleChoiceField(coerce=int, required=False)
    adopt = forms.TypedMultipleChoiceField(coerce=int, required=False)
    reason = ReasonField(widget=forms.TextInput())

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("fix", "adopt"):
            field = self.fields[name]
            if isinstance(field, forms.TypedMultipleChoiceField):
                # The service takes only findings of this router, so the ids need no list here.
                field.valid_value = lambda value: str(value).isdigit()  # type: ignore[method-assign]


class RemovalForm(forms.Form):
    """A user that is not ours, typed to be sure, and why it goes."""

    typed = forms.CharField(label=_("Type the user's name"), max_length=120, strip=False)
    reason = ReasonField()
