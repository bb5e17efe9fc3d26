"""A file of usage that somebody typed."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ispbill.core.uploads import UploadField

MOST_BYTES = 2 * 1024 * 1024


class UploadForm(forms.Form):
    """The file; its rows are looked at before anything counts."""

    file = UploadField(
        label=_("File (CSV)"),
        most_bytes=MOST_BYTES,
        accept=".csv,.txt",
        help_text=_(
            "Columns username, date (2026-01-31), upload_gb, download_gb. A GB is 1,000,000,000"
            " bytes."
        ),
    )
