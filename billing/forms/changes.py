"""Asking for another package, and deciding about it."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.models import PackageChange
from billing.queries.changes import Offer
from ispbill.audit.services.trail import MIN_REASON_CHARACTERS
from ispbill.core import formats


class ChangeForm(forms.Form):
    """Which package, when, and what there is to say about it."""

    package = forms.TypedChoiceField(label=_("New package"), coerce=int, empty_value=None)
    effective = forms.ChoiceField(
        label=_("When"),
        choices=PackageChange.Effective.choices,
        widget=forms.RadioSelect,
        initial=PackageChange.Effective.NOW,
    )
    note = forms.CharField(
        label=_("Note"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    fingerprint = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, offers: Sequence[Offer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [
            (
                offer.package.pk,
                f"{offer.package.name} · {offer.package.download_mbps} Mbps · "
                f"{formats.money(offer.price.gross)}",
            )
            for offer in offers
        ]
        self.fields["package"].choices = [("", "—"), *choices]  # type: ignore[attr-defined]


class DecisionForm(forms.Form):
    """Approve as shown."""

    fingerprint = forms.CharField(max_length=64, widget=forms.HiddenInput)
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Kept with the request."),
    )


class RejectionForm(forms.Form):
    """Say no, and why; the customer reads it."""

    note = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The customer reads it. At least ten characters."),
    )

    def clean_note(self) -> str:
        """Refuse too few words."""
        text = str(self.cleaned_data["note"]).strip()
        if len("".join(text.split())) < MIN_REASON_CHARACTERS:
            raise forms.ValidationError(_("Please say it in at least ten characters."))
        return text
