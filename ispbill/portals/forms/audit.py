"""Filters of the audit log and the job log, and the reason for starting a job."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ispbill.audit.models import JobRun
from ispbill.core import clock
from ispbill.core.fields import DayField, MomentField

# Topics, as tabs of the log; a thing without one stands under "all" alone.
TOPICS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "money": (
        _("Money"),
        (
            "attempt.", "bank_account.", "cash.", "commissions.", "debit_", "deposit.",
            "gateway", "handover.", "known_payer.", "mandate.", "payment", "payout", "receipt.",
            "shift.", "statement", "voucher",
        ),
    ),
    "bills": (
        _("Bills"),
        (
            "approval.", "billing_run.", "books.", "credit.", "day.", "draft.", "dry_run.",
            "invoice.", "schedule.", "service.",
        ),
    ),
    "customers": (
        _("Customers"),
        ("customer", "lead.", "note.", "portal_access.", "promise.", "referral.", "subscription."),
    ),
    "tickets": (_("Tickets"), ("ticket.", "survey.", "opinion.", "support_settings.")),
    "network": (_("Network"), ("line.", "router.")),
    "settings": (
        _("Settings"),
        (
            "area.", "branch.", "canned_reply.", "company.", "debit_settings.", "dunning_policy.",
            "holiday.", "message_settings.", "opening_hours.", "package.", "promotion.",
            "sla_policy.", "tax_", "team.", "wording.",
        ),
    ),
    "people": (_("Sign-ins and users"), ("user.",)),
}  # fmt: skip


class AuditFilters(forms.Form):
    """Everything optional; days are company days, the last one included."""

    q = forms.CharField(max_length=200, required=False, widget=forms.HiddenInput)
    topic = forms.ChoiceField(
        choices=[("", ""), *((key, words) for key, (words, _acts) in TOPICS.items())],
        required=False,
        widget=forms.HiddenInput,
    )
    actor = forms.CharField(label=_("Who"), max_length=120, required=False)
    action = forms.CharField(
        label=_("Action"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"list": "audit-actions"}),
    )
    target = forms.CharField(label=_("Object"), max_length=160, required=False)
    customer = forms.CharField(label=_("Customer number"), max_length=20, required=False)
    request = forms.CharField(label=_("Request"), max_length=64, required=False)
    since = DayField(label=_("From"), required=False)
    until = DayField(label=_("To"), required=False)

    def moments(self) -> tuple[datetime | None, datetime | None]:
        """Return the days as a half-open span of moments."""
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        return (
            clock.midnight(since) if since else None,
            clock.midnight(until + timedelta(days=1)) if until else None,
        )


class JobFilters(forms.Form):
    job = forms.CharField(max_length=60, required=False)
    status = forms.ChoiceField(
        choices=[("", _("Any outcome")), *JobRun.Status.choices], required=False
    )


class AtMoment(forms.Form):
    """A day, meaning its end; or a moment."""

    at = MomentField(
        label=_("As of"),
        required=False,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d"],
    )
