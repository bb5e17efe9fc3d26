"""A quote as people read it: each amount with its days and arithmetic, one total, the next bill."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from billing.changes.rules.package_change import Quote
from billing.pricing.models import PackageChange
from billing.pricing.views import words
from ispbill.core import formats


def of(quote: Quote) -> dict[str, Any]:
    """Return a stored or fresh quote for a template."""
    total = Decimal(quote["now"]["total"])
    following = quote["next"]
    return {
        "from_name": name(quote["from"]),
        "to_name": name(quote["to"]),
        "from_speed": speed(quote["from"]),
        "to_speed": speed(quote["to"]),
        "starts": date.fromisoformat(quote["starts"]),
        "is_now": quote["effective"] == PackageChange.Effective.NOW,
        "credits": [_credit(one, quote) for one in quote["credits"]],
        "charges": [_charge(one, quote) for one in quote["charges"]],
        "net": Decimal(quote["now"]["net"]),
        "tax": Decimal(quote["now"]["tax"]),
        "total": total,
        "back": -total,
        "is_back": total < 0,
        "days": [
            {"day": date.fromisoformat(day), "old": Decimal(old), "new": Decimal(new)}
            for day, old, new in quote["days"]
        ],
        "next_days": words.period(
            date.fromisoformat(following["start"]), date.fromisoformat(following["end"])
        ),
        "next_total": Decimal(following["total"]),
        "next_issued": date.fromisoformat(following["issued_on"]),
    }


def name(side: dict[str, Any]) -> str:
    """Return the name of a package in the reader's language."""
    if get_language() == "bn" and side["local_name"]:
        return str(side["local_name"])
    return str(side["name"])


def speed(side: dict[str, Any]) -> str:
    return f"{side['download_mbps']} / {side['upload_mbps']} Mbps"


def effects(quote: Quote, *, router: str) -> list[str]:
    """Say what approving will do to money, service and line."""
    view = of(quote)
    said = []
    if not view["is_now"]:
        said.append(
            _("Nothing is billed now. From %(day)s on the bills are for %(package)s.")
            % {"day": words.day(view["starts"]), "package": view["to_name"]}
        )
    else:
        if view["credits"]:
            said.append(
                _("A credit note of %(amount)s for the days left of %(package)s.")
                % {
                    "amount": formats.money(Decimal(quote["credit"]["total"])),
                    "package": view["from_name"],
                }
            )
        if view["charges"]:
            said.append(
                _("An invoice of %(amount)s for the same days of %(package)s, due at once.")
                % {
                    "amount": formats.money(Decimal(quote["charge"]["total"])),
                    "package": view["to_name"],
                }
            )
    said.append(router)
    said.append(_("The customer gets a message."))
    return said


def _credit(one: dict[str, Any], quote: Quote) -> dict[str, Any]:
    return {
        "label": _("Given back: %(package)s (%(invoice)s)")
        % {"package": name(quote["from"]), "invoice": one["invoice"]},
        "days": words.period(date.fromisoformat(one["start"]), date.fromisoformat(one["end"])),
        "text": words.arithmetic(one["explanation"]) if one["explanation"] else "",
        **{key: -Decimal(one[key]) for key in ("net", "tax", "total")},
    }


def _charge(one: dict[str, Any], quote: Quote) -> dict[str, Any]:
    side = quote["from"] if one["is_old"] else quote["to"]
    return {
        "label": name(side),
        "days": words.period(date.fromisoformat(one["start"]), date.fromisoformat(one["end"])),
        "text": words.arithmetic(one["explanation"]),
        **{key: Decimal(one[key]) for key in ("net", "tax", "total")},
    }


def outcome(change: PackageChange) -> str:
    """Say what approving has done: from when, credited, billed."""
    if change.status == PackageChange.Status.APPROVED:
        return _("Approved: %(package)s from %(day)s on.") % {
            "package": change.package_to.name,
            "day": words.day(change.effective_on),
        }
    text = _("The service has %(package)s now.") % {"package": change.package_to.name}
    if change.credit_notes:
        text += " " + _("Credit note %(number)s.") % {"number": ", ".join(change.credit_notes)}
    if change.invoice is not None:
        text += " " + _("Invoice %(number)s of %(amount)s is issued.") % {
            "number": change.invoice.number,
            "amount": formats.money(change.invoice.total_amount),
        }
    return text
