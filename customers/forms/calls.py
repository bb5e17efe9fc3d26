"""What is typed about a call."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Call
from customers.queries import areas
from customers.services.calls import MAX_LENGTH, Talk
from ispbill.accounts.models import User
from ispbill.core.choosing import choose_from
from ispbill.core.demands import demand
from ispbill.core.fields import MomentField


class CallForm(forms.Form):
    """A call: which way, how it went, what was said, what is to follow."""

    direction = forms.ChoiceField(label=_("Which way"), choices=Call.Direction.choices)
    outcome = forms.ChoiceField(label=_("Outcome"), choices=Call.Outcome.choices)
    text = forms.CharField(
        label=_("What was said"),
        required=False,
        max_length=MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    minutes = forms.IntegerField(label=_("Minutes"), required=False, min_value=0, max_value=600)
    follow_up_at = MomentField(
        label=_("Call again at"),
        required=False,
        help_text=_("It then waits in the inbox of whoever calls again."),
    )
    owner = forms.ModelChoiceField(
        label=_("Who calls again"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("I do"),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "owner", areas.collectors(user))
        demand(self, "follow_up_at", by="outcome", values=[Call.Outcome.CALL_BACK])

    def talk(self) -> Talk:
        """Return what was typed."""
        read = self.cleaned_data
        minutes = read["minutes"]
        return Talk(
            outcome=read["outcome"],
            direction=read["direction"],
            text=read["text"],
            seconds=None if minutes is None else minutes * 60,
            follow_up_at=read["follow_up_at"],
            owner=read["owner"],
        )


class FindCalls(forms.Form):
    """What narrows the list of calls."""

    outcome = forms.ChoiceField(
        label=_("Outcome"), choices=[("", _("Any")), *Call.Outcome.choices], required=False
    )
