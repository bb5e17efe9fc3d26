"""Several files with one message: each cleaned to an `Upload`; the service judges their bytes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ispbill.core.uploads import Upload, UploadField

ACCEPT = "image/jpeg,image/png,image/webp,application/pdf,text/plain,text/csv"
MOST_BYTES = 10 << 20


class ManyFiles(forms.ClearableFileInput):
    """A file input that takes several at once."""

    allow_multiple_selected = True


class UploadsField(UploadField):
    """Files that come with a message; empty when there are none."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("Files"))
        options.setdefault("help_text", _("Pictures, PDF, text or CSV; at most 5, 10 MB each."))
        super().__init__(most_bytes=MOST_BYTES, accept=ACCEPT, required=False, **options)
        self.widget = ManyFiles(attrs={"accept": ACCEPT, "multiple": True})

    def clean(self, data: Any, initial: Any = None) -> list[Upload]:
        """Return the uploads, in the order they were chosen."""
        given = data if isinstance(data, list | tuple) else [data]
        found = [super(UploadsField, self).clean(one, initial) for one in given if one]
        return [one for one in found if isinstance(one, Upload)]
