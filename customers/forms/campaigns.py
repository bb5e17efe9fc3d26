"""What is typed about a campaign: its text, whom it is for, when it may begin."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.forms.bulk import BulkMessage
from customers.forms.listing import FilterDrawer
from customers.services.campaigns import Consent, Plan
from ispbill.audit.forms import ReasonField
from ispbill.core.fields import MomentField

# What the list can be narrowed by and a campaign is not.
_UNUSED = (
    "key", "q", "billing_day", "collector", "joined_from", "joined_to", "suspect", "no_phone",
    "ott", "nps", "stars_to", "value_from", "value_to", "speed_to", "uptime_to", "peak",
    "archived",
)  # fmt: skip
AUDIENCE = (
    "area", "package", "status", "overdue", "balance_from", "balance_to", "branch", "reseller",
    "language", "technology", "churn", "tag",
)  # fmt: skip


class CampaignForm(BulkMessage, FilterDrawer):
    """A text, and the filters of the customers' list."""

    name = forms.CharField(label=_("Name"), max_length=80)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in _UNUSED:
            del self.fields[name]
        for name in ("area", "branch", "package", "reseller"):
            field = self.fields[name]
            field.widget = forms.Select(choices=list(field.widget.choices))
        self.order_fields(["name"])

    def plan(self) -> Plan:
        """Return what was typed."""
        return Plan(self.cleaned_data["name"], self.draft(), self.filters())

    @property
    def words(self) -> list[Any]:
        """The fields of the text."""
        names = ("name", "channel", "subject", "text", "subject_bn", "text_bn", "is_offer")
        return [self[name] for name in names]

    @property
    def audience(self) -> list[Any]:
        """The fields that say whom it is for."""
        return [self[name] for name in AUDIENCE]


class ConfirmForm(forms.Form):
    """What is confirmed: the reach that was seen, its size where it is large, the moment."""

    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)
    starts_at = MomentField(
        label=_("Begin at"), required=False, help_text=_("Empty: as soon as its hours allow.")
    )
    typed = forms.IntegerField(label=_("Number of messages, typed"), required=False, min_value=0)
    reason = ReasonField(label=_("Why it may go beyond the budget"), required=False)

    def __init__(
        self, *args: Any, asks_count: bool = True, asks_reason: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if not asks_count:
            del self.fields["typed"]
        if not asks_reason:
            del self.fields["reason"]

    def consent(self, at: datetime) -> Consent:
        """Return what was confirmed, to begin at once unless another moment was given."""
        read = self.cleaned_data
        return Consent(read["seen"], read.get("typed"), read.get("starts_at") or at)

    @property
    def reason_given(self) -> str:
        return str(self.cleaned_data.get("reason") or "")
