"""Whose order of the former system it is: by e-mail first, then by phone."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from ispbill.core.marking import gettext_noop

EMAIL, PHONE = "EMAIL", "PHONE"

FIXES: Mapping[str, str] = {
    "email_phone_conflict": gettext_noop("Ask which of them ordered, and match it by hand."),
    "ambiguous_email": gettext_noop("Look whether they are one person, or match it by hand."),
    "ambiguous_phone": gettext_noop("Look whether they are one person, or match it by hand."),
    "orphaned_order": gettext_noop("Create a customer from this order, or match it by hand."),
    "no_contact": gettext_noop("Look for the name, and match it by hand."),
    "archived_customer": gettext_noop("Restore the account, or match it to another by hand."),
}


@dataclass(frozen=True)
class Verdict:
    """Whose order it is and by what, or why that is not known."""

    customer_id: int | None = None
    by: str = ""
    error: str = ""


def judge(
    emails: Collection[int], phones: Collection[int], *, has_contact: bool, is_archived: bool
) -> Verdict:
    """Say whose it is. `emails` and `phones` are the living customers each of the two names."""
    if len(emails) == 1:
        [found] = emails
        if phones and found not in phones:
            return Verdict(error="email_phone_conflict")
        return Verdict(found, EMAIL)
    if len(emails) > 1:
        both = set(emails) & set(phones)
        return Verdict(both.pop(), PHONE) if len(both) == 1 else Verdict(error="ambiguous_email")
    if len(phones) == 1:
        [found] = phones
        return Verdict(found, PHONE)
    if phones:
        return Verdict(error="ambiguous_phone")
    if is_archived:
        return Verdict(error="archived_customer")
    return Verdict(error="orphaned_order" if has_contact else "no_contact")


def success_rate(matched: int, total: int) -> Decimal | None:
    """Return how many of a hundred orders are matched; None where there are none."""
    if not total:
        return None
    return (Decimal(matched * 100) / total).quantize(Decimal("0.01"), ROUND_HALF_UP)
