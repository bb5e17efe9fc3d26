"""Fields several forms share: money as people type it, phone numbers, billing days."""

from django.utils.translation import gettext_lazy as _

BILLING_DAYS = [
    ("1", _("1st")),
    ("5", _("5th")),
    ("25", _("25th")),
    ("30", _("30th, or the last day of shorter months")),
]
