"""Asking for another package, and deciding about it."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.changes.queries.changes import Offer
from billing.pricing.models import PackageChange
from customers.models import Area, Package
from ispbill.accounts.models import Branch
from ispbill.audit.forms import ReasonField
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

    note = ReasonField(help_text=_("The customer reads it. At least ten characters."))


class MassChangeForm(forms.Form):
    """Whom a mass change concerns, and to which package."""

    package_from = forms.ModelChoiceField(label=_("Package now"), queryset=Package.objects.none())
    package_to = forms.ModelChoiceField(label=_("New package"), queryset=Package.objects.none())
    branch = forms.ModelChoiceField(
        label=_("Branch"), queryset=Branch.objects.none(), required=False, empty_label=_("All")
    )
    area = forms.ModelChoiceField(
        label=_("Area"), queryset=Area.objects.none(), required=False, empty_label=_("All")
    )
    effective = forms.ChoiceField(
        label=_("When"),
        choices=PackageChange.Effective.choices,
        initial=PackageChange.Effective.PERIOD_END,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everything = {
            "package_from": Package.objects.order_by("name", "pk"),
            "package_to": Package.objects.filter(archived_at__isnull=True).order_by("name", "pk"),
            "branch": Branch.objects.order_by("name", "pk"),
            "area": Area.objects.order_by("name", "pk"),
        }
        for name, rows in everything.items():
            self.fields[name].queryset = rows  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse a change to the same package."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("package_from") == cleaned.get("package_to"):
            self.add_error("package_to", _("Choose another package."))
        return cleaned


class MassOrderForm(MassChangeForm):
    """The same, confirmed: the preview that was seen, why, and the word that names how many."""

    key = forms.CharField(max_length=32, widget=forms.HiddenInput)
    fingerprint = forms.CharField(max_length=64, widget=forms.HiddenInput)
    reason = ReasonField(help_text=_("At least ten characters. It is kept with the change."))
    typed = forms.CharField(label=_("Confirmation"), max_length=40)
