"""The reason every change of consequence is given with, as a form asks for it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ispbill.audit.services.trail import MIN_REASON_CHARACTERS

_REASON = _("Reason")
_KEPT = _("At least ten characters; it is kept in the audit log.")


class ReasonField(forms.CharField):
    """Words of at least ten characters, blanks not counted: what the trail asks of a reason."""

    def __init__(
        self, *, label: Any = _REASON, help_text: Any = _KEPT, rows: int = 2, **options: Any
    ) -> None:
        options.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(label=label, help_text=help_text, max_length=500, **options)

    def validate(self, value: str) -> None:
        """Refuse too few words."""
        super().validate(value)
        if value and len("".join(value.split())) < MIN_REASON_CHARACTERS:
            raise forms.ValidationError(_("Please say it in at least ten characters."))


class ReasonForm(forms.Form):
    """A reason alone."""

    reason = ReasonField()
