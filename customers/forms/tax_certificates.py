"""A tax certificate: its number, its days, its file."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.services.tax_certificates import MOST_BYTES
from ispbill.audit.forms import ReasonField
from ispbill.core.uploads import UploadField


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}))


class CertificateForm(forms.Form):
    """What the paper says, and the paper."""

    number = forms.CharField(label=_("Number of the certificate"), max_length=60)
    valid_from = _day(_("Valid from"))
    valid_until = _day(_("Valid until (last day)"))
    file = UploadField(
        label=_("File"),
        most_bytes=MOST_BYTES,
        accept=".pdf,.png,.jpg,.jpeg",
        help_text=_("PDF, PNG or JPEG, up to 5 MB."),
    )


class WithdrawForm(forms.Form):
    """Why a certificate counts no more."""

    reason = ReasonField(help_text=_("At least ten characters. It is kept with the change."))
