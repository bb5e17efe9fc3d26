"""What narrows the list of who may leave, and its settings."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from churn.queries.scores import Filters
from customers.models import Area, Customer
from customers.queries import areas
from ispbill.accounts.models import Branch, User
from ispbill.audit.forms import ReasonField
from ispbill.core.choosing import choose_from, offer

_ANY = ("", _("Any"))


class Find(forms.Form):
    """What narrows the list, beside the tab and the search."""

    reason = forms.ChoiceField(label=_("Reason"), required=False)
    area = forms.ModelChoiceField(
        label=_("Area"), queryset=Area.objects.none(), required=False, empty_label=_("Any")
    )
    branch = forms.ModelChoiceField(
        label=_("Branch"), queryset=Branch.objects.none(), required=False, empty_label=_("Any")
    )
    kind = forms.ChoiceField(
        label=_("Type"), choices=[_ANY, *Customer.Kind.choices], required=False
    )
    unasked = forms.BooleanField(label=_("Nobody talks to them"), required=False)

    def __init__(self, *args: Any, user: User, reasons: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "reason", [_ANY, *reasons.items()])
        choose_from(self, "area", areas.visible_to(user).order_by("name"))
        choose_from(self, "branch", Branch.objects.filter(archived_at__isnull=True))

    def filters(self, level: str, text: str) -> Filters:
        """Return the filters; what cannot be read narrows nothing."""
        self.is_valid()
        read = self.cleaned_data
        branch = read.get("branch")
        return Filters(
            level,
            text[:80],
            reason=read.get("reason", ""),
            area=read.get("area"),
            branch=branch.pk if branch else None,
            kind=read.get("kind", ""),
            is_unasked=bool(read.get("unasked")),
        )


class SettingsForm(forms.Form):
    """How many can be called, how many are left alone, and what may be offered."""

    calls_per_week = forms.IntegerField(
        label=_("Calls a week that a branch can make"),
        min_value=1,
        max_value=1000,
        help_text=_("Four weeks of calls are high risk, twelve more medium."),
    )
    held_out_percent = forms.IntegerField(
        label=_("Left alone to compare (percent)"),
        min_value=5,
        max_value=30,
        help_text=_("Without them nobody can say what calling brings."),
    )
    most_discount_percent = forms.IntegerField(
        label=_("Largest discount without approval (percent)"), min_value=0, max_value=100
    )
    most_discount_cycles = forms.IntegerField(
        label=_("… for so many billing periods"), min_value=1, max_value=12
    )
    is_ai_on = forms.BooleanField(
        label=_("Let Gemini word the reasons"),
        required=False,
        help_text=_(
            "Only codes of reasons and rough values are sent, no person. It needs a key on the"
            " server."
        ),
    )
    reason = ReasonField()

    def values(self) -> dict[str, Any]:
        """Return the settings that were entered."""
        return {name: value for name, value in self.cleaned_data.items() if name != "reason"}
