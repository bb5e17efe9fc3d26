"""What customers, and resellers for them, fill in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ispbill.core.choosing import offer
from tickets.forms.uploads import UploadsField
from tickets.queries import categories

_STARS = [(5, "5"), (4, "4"), (3, "3"), (2, "2"), (1, "1")]


class Report(forms.Form):
    """What does not work."""

    category = forms.ChoiceField(label=_("What is it about?"), widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("What happens?"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 5})
    )
    attached = UploadsField(label=_("A photo, if it helps"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "category", categories.choices())


class Answer(forms.Form):
    """A word of the customer about a ticket."""

    text = forms.CharField(
        label=_("Your answer"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 4})
    )
    attached = UploadsField(label=_("A photo, if it helps"))


_SCORES = [(n, str(n)) for n in range(11)]
_RECOMMENDS = _("How likely is it that you recommend us to friends?")


class Recommend(forms.Form):
    """Whether one recommends us, and why."""

    score = forms.TypedChoiceField(
        label=_RECOMMENDS, choices=_SCORES, coerce=int, widget=forms.RadioSelect
    )
    comment = forms.CharField(
        label=_("Why? (only if you like)"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class Stars(forms.Form):
    """How it was: stars, perhaps a word, perhaps whether one recommends us."""

    stars = forms.TypedChoiceField(
        label=_("How was our help?"), choices=_STARS, coerce=int, widget=forms.RadioSelect
    )
    comment = forms.CharField(
        label=_("What should we know?"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    nps = forms.TypedChoiceField(
        label=_RECOMMENDS,
        choices=_SCORES,
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, asks_nps: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_nps:
            del self.fields["nps"]
