"""What a row of the customers' list shows beyond the columns of its statement.

The markup is `customers/staff/_row.html`. Sentences are put together here: said in a template, two
of them take longer than all the rest of a row (docs/adr/0045).
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.urls import get_script_prefix, get_urlconf
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import Package, Subscription
from customers.queries.list_rows import Row
from ispbill.core import formats, phones
from ispbill.core.models import Company

# Columns that take a look at another table, or are seldom wanted → what the query calls them.
_EXTRAS = {
    "area": "area__name",
    "package": "packages",
    "technology": "technologies",
    "branch": "branch__name",
    "collector": "collector__name",
    "stars": "satisfaction",
    "value": "lifetime_value",
    "speed": "average_mbps",
    "uptime": "uptime",
    "peak": "peak_hours",
    "ott": "ott_app",
}
_KINDS = dict(Package.Technology.choices) | dict(Subscription.Technology.choices)


def extras(columns: Iterable[str]) -> list[str]:
    """Return what the rows must hold beyond the usual for these columns."""
    return [_EXTRAS[column] for column in columns if column in _EXTRAS]


def shown(
    rows: Iterable[Row], *, columns: Sequence[str], on: date, pay_url: str = ""
) -> list[dict[str, Any]]:
    """Return the rows as `_row.html` shows them on a company date.

    `pay_url` is the dialog that takes money, for those who may. `made_for` is all that a row's
    markup follows from besides the language, for `{% kept %}`.
    """
    how = (columns, on, Company.current().phone_region, formats.defaults().style)
    common = repr((*how, get_urlconf(), get_script_prefix(), pay_url))
    return [_Shown(row, on=on, common=common, pay_at=pay_url) for row in rows]


class _Shown(dict[str, Any]):
    """A row; what it shows beyond its values is made when its markup is."""

    def __init__(self, row: Row, *, on: date, common: str, pay_at: str) -> None:
        super().__init__(row, made_for=f"{common}{list(row.values())}", pay_at=pay_at)
        self.on = on

    def __missing__(self, name: str) -> Any:
        if name not in _MADE:
            raise KeyError(name)
        return _MADE[name](self, self.on)


def _select_label(row: Row, _on: date) -> str:
    return _("Select %(name)s %(number)s") % row


def _actions_label(row: Row, _on: date) -> str:
    return _("Actions for %(name)s") % row


def _phone(row: Row, _on: date) -> str:
    phone: str = row["phone"]
    return phones.national(phone) if phone.startswith("+") else phone


def _package(row: Row, _on: date) -> str:
    return row["packages"][0] if row["packages"] else ""


def _more_packages(row: Row, _on: date) -> int:
    return max(len(row["packages"]) - 1, 0)


def _technology(row: Row, _on: date) -> str:
    return str(_KINDS.get(row["technologies"][0], "")) if row["technologies"] else ""


def _late(row: Row, on: date) -> str:
    since = row["account_state__oldest_due_date"]
    late = (on - since).days if since is not None else 0
    return ngettext("%(n)d day late", "%(n)d days late", late) % {"n": late} if late > 0 else ""


def _pay_url(row: Row, _on: date) -> str:
    owes = (row["account_state__balance_amount"] or 0) > 0
    return f"{row['pay_at']}?customer={row['number']}" if owes and row["pay_at"] else ""


def _last_paid_on(row: Row, _on: date) -> date | None:
    at = row["account_state__last_paid_at"]
    return timezone.localdate(at) if at is not None else None


_MADE = {
    "select_label": _select_label, "actions_label": _actions_label, "phone_words": _phone,
    "package": _package, "more_packages": _more_packages, "technology": _technology,
    "late": _late, "last_paid_on": _last_paid_on, "pay_url": _pay_url,
}  # fmt: skip
