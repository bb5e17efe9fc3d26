"""Why a customer may leave, in sentences put together here from reason codes and buckets."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ispbill.core import formats

# By code and bucket, where a bucket is no number; by code alone the bucket stands in the words.
_SAID: dict[str, Any] = {
    "late_bills": _("%(many)s bills were late in six months"),
    "very_late_bills": _("%(many)s bills were a month late or more"),
    "lateness_trend": _("Bills are paid later than before"),
    "overdue_days": _("A bill is %(many)s days past due"),
    "overdue_ratio": _("What is overdue comes to %(many)s monthly amounts"),
    "auto_pay": _("Pays by hand"),
    "cuts": _("Cut off for not paying %(many)s times in six months"),
    "tickets": _("%(many)s tickets in three months"),
    "reopened": _("A ticket was opened again %(many)s times"),
    "oldest_unresolved": _("A ticket has been open for %(many)s days"),
    "stars": _("Gave us %(many)s stars last"),
    "nps": _("Would recommend us with %(many)s of 10"),
    "outage_hours": _("%(many)s hours of outages in three months"),
    "usage_ratio": _("Uses less than before"),
    "silent_days": _("No traffic on %(many)s of 14 days"),
    "speed_ratio": _("Measured slower than the package"),
    "downgrade_asked": _("Asked for a smaller package"),
    "largest_rise": _("The price rose"),
    "discount_ending": _("A discount ends soon"),
    "tenure": _("With us for %(many)s months"),
    "contract_ending": _("The contract ends soon"),
    "contract_longer": _("No contract binds for longer"),
    "cycle_months": _("A bill covers %(many)s months"),
    "prepaid": _("Pays before using"),
}
_BUCKETS: dict[tuple[str, str], Any] = {
    ("usage_ratio", "half or less"): _("Uses half as much as before, or less"),
    ("speed_ratio", "under 60 %"): _("Measured at less than 60 percent of the package's speed"),
    ("largest_rise", "5-10 %"): _("The price rose by 5–10 %"),
    ("largest_rise", "over 10 %"): _("The price rose by more than 10 %"),
    ("outage_hours", "up to 4"): _("Up to 4 hours of outages in three months"),
    ("reopened", "1"): _("A ticket was opened again"),
    ("cuts", "1"): _("Cut off for not paying in six months"),
    ("late_bills", "1"): _("A bill was late in six months"),
    ("tickets", "1"): _("A ticket in three months"),
    ("overdue_ratio", "up to 1"): _("Part of a monthly amount is overdue"),
}
_NOTHING = _("No single reason stands out; ask how it is going.")


def of_reason(code: str, bucket: str) -> str:
    """Return one reason in words of the active language."""
    said = _BUCKETS.get((code, bucket)) or _SAID.get(code, code)
    many = formats.digits_in(bucket.replace("-", "–"), get_language() or "en")
    return str(said) % {"many": many} if "%(" in str(said) else str(said)


def together(reasons: Iterable[tuple[str, str]]) -> str:
    """Return all reasons in one line of the active language."""
    said = [of_reason(code, bucket) for code, bucket in reasons]
    return " · ".join(said) if said else str(_NOTHING)
