"""Thresholds as staff enter them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Package
from network.fup.models import FupRule


class RuleForm(forms.Form):
    """One threshold of a package."""

    package = forms.ModelChoiceField(
        label=_("Package"), queryset=Package.objects.filter(archived_at=None).order_by("name")
    )
    window = forms.ChoiceField(
        label=_("Counted over"), choices=FupRule.Window.choices, initial=FupRule.Window.CYCLE
    )
    threshold_gb = forms.IntegerField(
        label=_("Threshold (GB)"), min_value=1, max_value=1_000_000, help_text=_("1 GB = 10⁹ bytes")
    )
    counts = forms.ChoiceField(label=_("What counts"), choices=FupRule.Counts.choices)
    action = forms.ChoiceField(label=_("When it is reached"), choices=FupRule.Action.choices)
    download_mbps = forms.IntegerField(
        label=_("Slowed to, download (Mbps)"), min_value=1, required=False
    )
    upload_mbps = forms.IntegerField(
        label=_("Slowed to, upload (Mbps)"), min_value=1, required=False
    )

    def clean(self) -> dict[str, Any]:
        """A line that is slowed down needs both speeds."""
        cleaned = super().clean() or {}
        if cleaned.get("action") == FupRule.Action.THROTTLE:
            for name in ("download_mbps", "upload_mbps"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, _("Please enter a speed."))
        else:
            cleaned |= {"download_mbps": None, "upload_mbps": None}
        return cleaned

    def rule(self) -> FupRule:
        """Return the threshold that was entered, not saved."""
        names = ("window", "threshold_gb", "counts", "action", "download_mbps", "upload_mbps")
        return FupRule(**{name: self.cleaned_data[name] for name in names})
