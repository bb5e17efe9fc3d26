"""The rows of the list as markup.

The one table of the console that may have two hundred rows of ten cells, and that is open all day:
written by the template, cell by cell, it takes four fifths of the page's time
(docs/adr/0005-rows-without-templates.md). Words, tags and addresses are made once for the page;
a row only fills them in, every value escaped.
"""

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from customers.forms.customer import shown_phone
from customers.models import Package, Subscription
from ispbill.core import badges, formats
from ispbill.core.templatetags.ui import icon

_MARK = "CT-0000-00000"
_NONE = "—"

Row = dict[str, Any]
Content = Callable[[Row], Any]
Cell = tuple[SafeString, Content]  # the opening tag, and what stands in it


def markup(rows: Iterable[Row], *, columns: Iterable[str], on: date) -> SafeString:
    """Write the table's rows with the chosen columns; `on` is the company's date."""
    language = translation.get_language() or "en"
    cells = [_CELLS[column](on, language) for column in columns]
    row = _row_writer(cells)
    return SafeString("".join([row(values) for values in rows]))


def _row_writer(cells: list[Cell]) -> Callable[[Row], str]:
    """Return what writes one row: everything that is the same in all of them is made here."""
    page = reverse("staff_customers:customer", args=[_MARK])
    menu = reverse("staff_customers:row-menu", args=[_MARK])
    select, actions = _("Select %(name)s %(number)s"), _("Actions for %(name)s")
    suspect = icon("alert-triangle", _("Duplicate suspect"), "tone-text-warning")
    dots = icon("dots-vertical")

    def write(row: Row) -> str:
        pk, name, number = row["pk"], conditional_escape(row["name"]), row["number"]
        local = f' <small lang="bn">{conditional_escape(row["local_name"])}</small>'
        parts = [
            f'<tr data-row="{pk}"><td class="col-tick"><label><input type="checkbox" name="ids"'
            f' value="{pk}" aria-label="{select % {"name": name, "number": number}}"></label></td>'
            f'<td class="cell-main"><a href="{page.replace(_MARK, number)}" data-row-link>'
            f"{name}</a>",
            local if row["local_name"] else "",
            f" {suspect}" if row["is_duplicate_suspect"] else "",
            "</td>",
        ]
        for opening, content in cells:
            parts += (opening, conditional_escape(content(row)), "</td>")
        address = menu.replace(_MARK, number)
        parts.append(
            '<td class="col-actions"><a class="btn btn-sm btn-quiet btn-icon"'
            f' href="{address}" hx-get="{address}" hx-target="#dialog-body"'
            f' aria-label="{actions % {"name": name}}">{dots}</a></td></tr>\n'
        )
        return "".join(parts)

    return write


def balance(amount: Decimal | None) -> SafeString:
    """Say a balance in words, as everywhere: never plus or minus."""
    owed = amount or Decimal(0)
    if owed > 0:
        words = _("You owe %(amount)s") % {"amount": formats.money(owed)}
        return format_html('<span class="balance balance-owed">{}</span>', words)
    if owed < 0:
        words = _("Overpaid %(amount)s (credit)") % {"amount": formats.money(-owed)}
        return format_html('<span class="balance balance-credit">{}</span>', words)
    return format_html('<span class="balance balance-settled">{}</span>', _("Settled"))


@cache
def badge(value: str, kind: str, language: str) -> str:
    """Return a status' badge as markup; there are a dozen in each language."""
    with translation.override(language):
        return render_to_string("ui/_badge.html", {"badge": badges.find(value, kind)})


# --- the cells of each column ----------------------------------------------------------------


def _cell(label: str, content: Content, kind: str = "") -> Cell:
    classes = format_html(' class="{}"', kind) if kind else ""
    return format_html('<td{} data-label="{}">', classes, label), content


def _plain(label: str, key: str, kind: str = "") -> Cell:
    return _cell(label, lambda row: row[key] or _NONE, kind)


def _phone(row: Row) -> object:
    if not row["phone"]:
        return _NONE
    shown = shown_phone(row["phone"])
    return format_html('<a class="code" href="tel:{}">{}</a>', row["phone"], shown)


def _package(row: Row) -> object:
    names = {service["package"]: None for service in row["services"]}
    first = next(iter(names), _NONE)
    more = len(row["services"]) - 1
    return format_html("{} <small>+{}</small>", first, more) if more > 0 else first


def _technology(label: str) -> Cell:
    kinds = dict(Package.Technology.choices) | dict(Subscription.Technology.choices)
    words = {kind: str(word) for kind, word in kinds.items()}
    return _cell(
        label,
        lambda row: (
            words.get(row["services"][0]["technology"], _NONE) if row["services"] else _NONE
        ),
    )


def _days(key: str, language: str, label: str) -> Cell:
    return _cell(label, lambda row: _day(row[key], language), "date")


def _last_paid(label: str, language: str) -> Cell:
    def paid(row: Row) -> str:
        at = row["standing__last_paid_at"]
        return _day(timezone.localdate(at) if at is not None else None, language)

    return _cell(label, paid, "date")


def _due(on: date, language: str, label: str) -> Cell:
    late_words = _("%(n)d d late")

    def due(row: Row) -> str:
        since = row["standing__oldest_due_date"]
        late = (on - since).days if since is not None else 0
        shown = _day(since, language)
        return f"{shown} · {late_words % {'n': late}}" if late > 0 else shown

    return _cell(label, due, "date")


def _number_or_none(row: Row) -> object:
    nps = row["standing__nps"]
    return _NONE if nps is None else nps


_CELLS: dict[str, Callable[[date, str], Cell]] = {
    "number": lambda on, language: _plain(_("Number"), "number", "code"),
    "phone": lambda on, language: _cell(_("Phone"), _phone),
    "area": lambda on, language: _plain(_("Area"), "area__name"),
    "package": lambda on, language: _cell(_("Package"), _package),
    "technology": lambda on, language: _technology(_("Plan type")),
    "status": lambda on, language: _cell(
        _("Status"), lambda row: badge(row["status"], "account", language)
    ),
    "balance": lambda on, language: _cell(
        _("Balance"), lambda row: balance(row["standing__balance_amount"])
    ),
    "due": lambda on, language: _due(on, language, _("Due since")),
    "next_bill": lambda on, language: _days(
        "standing__next_billing_date", language, _("Next bill")
    ),
    "churn": lambda on, language: _cell(
        _("Churn risk"), lambda row: badge(row["churn_risk"], "churn", language)
    ),
    "last_payment": lambda on, language: _last_paid(_("Last payment"), language),
    "nps": lambda on, language: _cell(_("NPS"), _number_or_none, "num"),
    "branch": lambda on, language: _plain(_("Branch"), "branch__name"),
    "collector": lambda on, language: _plain(_("Collector"), "collector__name"),
    "tags": lambda on, language: _cell(_("Tags"), lambda row: ", ".join(row["tags"]) or _NONE),
    "since": lambda on, language: _days("customer_since", language, _("Customer since")),
}


def _day(value: date | None, language: str) -> str:
    return _NONE if value is None else formats.day(value, language)
