"""What whoever signs a contract fills in."""

from typing import Any

from django import forms
from django.utils import translation
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from contracts.rules import strokes
from contracts.services.signing import Hand
from contracts.services.verifying import MOST_BYTES
from ispbill.audit.forms import ReasonField
from ispbill.core.fields import LastDigitsField
from ispbill.core.uploads import Upload, UploadField


class Digits(forms.Form):
    """The last digits of the phone we know."""

    digits = LastDigitsField()


class HandForm(forms.Form):
    """The consent, the name, and a drawn path unless the name alone is to stand for it."""

    consent = forms.BooleanField(
        label=gettext_lazy("I have read the contract and agree to sign it electronically.")
    )
    name = forms.CharField(
        label=gettext_lazy("Your full name"),
        max_length=120,
        min_length=3,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    capacity = forms.CharField(
        label=gettext_lazy("Signing as"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("For a company: your position there."),
    )
    is_typed = forms.BooleanField(
        label=gettext_lazy("Type my name instead of drawing"), required=False
    )
    strokes = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, is_company: bool = False, language: str = "", **kwargs: Any
    ) -> None:
        """Ask in the page's language; on another person's device in the signer's."""
        super().__init__(*args, **kwargs)
        if not is_company:
            del self.fields["capacity"]
        self.language = language or get_language() or "en"
        with translation.override(self.language):
            self.fields["consent"].label = str(self.fields["consent"].label)

    def clean(self) -> dict[str, Any]:
        """Read the path; without one the typed name is asked for."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        cleaned["path"] = []
        if cleaned.get("is_typed"):
            return cleaned
        try:
            cleaned["path"] = strokes.read(cleaned.get("strokes") or "[]")
        except strokes.BadStrokes:
            raise forms.ValidationError(
                _("Draw your signature in the field, or choose to type your name.")
            ) from None
        return cleaned

    def hand(self) -> Hand:
        """Return what was given, with the words agreed to."""
        given = self.cleaned_data
        return Hand(
            name=given["name"],
            consent=str(self.fields["consent"].label),
            consent_language=self.language,
            strokes=given["path"],
            capacity=given.get("capacity", ""),
        )


class WitnessForm(HandForm):
    """A hand given before staff, with why there is no code and which document was seen."""

    identity_document = forms.CharField(
        label=gettext_lazy("Identity document seen"),
        max_length=80,
        help_text=gettext_lazy("Its kind and the last four digits, as “NID …6789”."),
    )
    reason = ReasonField(label=gettext_lazy("Why no code"))


class CodeForm(forms.Form):
    """The code that was sent."""

    code = forms.CharField(
        label=gettext_lazy("Code from the message"),
        min_length=6,
        max_length=7,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


class PaperForm(forms.Form):
    """A file to compare with what was signed; it is not kept."""

    paper = UploadField(
        most_bytes=MOST_BYTES, accept="application/pdf", label=gettext_lazy("PDF file")
    )

    def clean_paper(self) -> bytes:
        """Return the bytes of the file."""
        found: Upload = self.cleaned_data["paper"]
        return found.content
