"""A tax certificate: its number, its days, its file."""

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.services.tax_certificates import MOST_BYTES
from ispbill.audit.forms import ReasonField
from ispbill.core.fields import DayField
from ispbill.core.uploads import UploadField


class CertificateForm(forms.Form):
    """What the paper says, and the paper."""

    number = forms.CharField(label=_("Number of the certificate"), max_length=60)
    valid_from = DayField(label=_("Valid from"))
    valid_until = DayField(label=_("Valid until (last day)"))
    file = UploadField(
        label=_("File"),
        most_bytes=MOST_BYTES,
        accept=".pdf,.png,.jpg,.jpeg",
        help_text=_("PDF, PNG or JPEG, up to 5 MB."),
    )


class WithdrawForm(forms.Form):
    """Why a certificate counts no more."""

    reason = ReasonField(help_text=_("At least ten characters. It is kept with the change."))
