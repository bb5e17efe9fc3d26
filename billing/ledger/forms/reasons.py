"""The reason every change of money or of a line is given with."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ispbill.audit.forms import ReasonField

Choices = Sequence[tuple[str, str | Promise]]

OTHER: tuple[str, str | Promise] = ("OTHER", _("Something else"))


class ReasonForm(forms.Form):
    """A reason chosen from a list, and what there is to say about it; both are stored."""

    reasons: Choices = (OTHER,)

    reason_code = forms.ChoiceField(label=_("Reason"))
    reason = ReasonField(
        label=_("What happened"),
        help_text=_("At least ten characters. It is kept with the change."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        code = self.fields["reason_code"]
        code.choices = [("", "—"), *self.reasons]  # type: ignore[attr-defined]
        # What is chosen for the act comes first; the reason is said last.
        self.order_fields([name for name in self.fields if name not in ("reason_code", "reason")])

    def full_reason(self) -> str:
        """Return the chosen reason and the words, as they are stored."""
        code = self.cleaned_data["reason_code"]
        label = str(dict(self.reasons)[code])
        return f"{label}: {self.cleaned_data['reason']}"


class VoidForm(ReasonForm):
    reasons = (
        ("WRONG_PACKAGE", _("Wrong package or price")),
        ("WRONG_DAYS", _("Wrong days")),
        ("NOT_INSTALLED", _("Service was never used")),
        ("DUPLICATE", _("Billed by mistake")),
        OTHER,
    )
