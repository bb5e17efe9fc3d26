"""The rows of the list as markup.

The one table of the console that may have two hundred rows of ten cells, and that is open all day:
written by the template, cell by cell, it takes four fifths of the page's time
(docs/adr/0005-rows-without-templates.md). Words, tags and addresses are made once for the page;
a row only fills them in, every value escaped.
"""

import re
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from html import escape
from typing import Any

from django.template.loader import render_to_string
from django.urls import get_script_prefix, get_urlconf, reverse
from django.utils import timezone, translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from customers.models import Package, Subscription
from ispbill.core import badges, formats, phones
from ispbill.core.models import Company
from ispbill.core.templatetags.ui import icon
from ispbill.core.templating import narrow

_MARK = "CT-0000-00000"
_SPECIAL = re.compile(r"[&<>\"']")
_NONE = "&mdash;"  # in a page of ASCII, see `narrow`

Row = dict[str, Any]
Content = Callable[[Row], str]  # markup: whoever writes it escapes what the row holds
Cell = tuple[str, Content]  # the opening tag, and what stands in it


def markup(rows: Iterable[Row], *, columns: Iterable[str], on: date) -> SafeString:
    """Write the table's rows with the chosen columns; `on` is the company's date."""
    language = translation.get_language() or "en"
    how = (Company.current().phone_region, formats.defaults().style)
    row = _row_writer(tuple(columns), on, language, how, (get_urlconf(), get_script_prefix()))
    return SafeString("".join([row(values) for values in rows]))


@lru_cache(maxsize=100)
def _row_writer(
    columns: tuple[str, ...], on: date, language: str, _how: object, _where: object
) -> Callable[[Row], str]:
    """Return what writes one row: everything that is the same in all of them is made here.

    It is the same all day for the columns, the language, how the company writes numbers (`_how`)
    and the address book in use (`_where`).
    """
    cells = [_CELLS[column](on, language) for column in columns]
    page, page_end = reverse("staff_customers:customer", args=[_MARK]).split(_MARK)
    menu, menu_end = reverse("staff_customers:row-menu", args=[_MARK]).split(_MARK)
    select, actions = escape(_("Select %(name)s %(number)s")), escape(_("Actions for %(name)s"))
    suspect = f" {icon('alert-triangle', _('Duplicate suspect'), 'tone-text-warning')}"
    dots = icon("dots-vertical")

    def write(row: Row) -> str:
        pk, name, number, local = row["pk"], _escaped(row["name"]), row["number"], row["local_name"]
        words = {"name": name, "number": number}
        bangla = f' <small lang="bn">{_escaped(local)}</small>' if local else ""
        shown = "".join([f"{opening}{content(row)}</td>" for opening, content in cells])
        return (
            f'<tr data-row="{pk}"><td class="col-tick"><label><input type="checkbox" name="ids"'
            f' value="{pk}" aria-label="{select % words}"></label></td><td class="cell-main">'
            f'<a href="{page}{number}{page_end}" data-row-link>{name}</a>{bangla}'
            f'{suspect if row["is_duplicate_suspect"] else ""}</td>{shown}<td class="col-actions">'
            f'<a class="btn btn-sm btn-quiet btn-icon" href="{menu}{number}{menu_end}"'
            f' hx-get="{menu}{number}{menu_end}" hx-target="#dialog-body"'
            f' aria-label="{actions % words}">{dots}</a></td></tr>\n'
        )

    return write


def _escaped(text: str) -> str:
    """Escape a text; most have nothing to escape, and looking takes a quarter of the time."""
    return escape(text) if _SPECIAL.search(text) else text


@cache
def badge(value: str, kind: str, language: str) -> str:
    """Return a status' badge as markup; there are a dozen in each language."""
    with translation.override(language):
        return render_to_string("ui/_badge.html", {"badge": badges.find(value, kind)})


# --- the cells of each column ----------------------------------------------------------------


def _cell(label: str, content: Content, kind: str = "") -> Cell:
    classes = f' class="{kind}"' if kind else ""
    return f'<td{classes} data-label="{escape(label)}">', content


def _plain(label: str, key: str, kind: str = "") -> Cell:
    return _cell(label, lambda row: _escaped(row[key]) if row[key] else _NONE, kind)


def _phone(label: str) -> Cell:
    region = Company.current().phone_region

    def phone(row: Row) -> str:
        number = row["phone"]
        if not number:
            return _NONE
        shown = phones.national(number, region) if number.startswith("+") else number
        return f'<a class="code" href="tel:{_escaped(number)}">{_escaped(shown)}</a>'

    return _cell(label, phone)


def _package(row: Row) -> str:
    names = row["packages"]
    if not names:
        return _NONE
    first = _escaped(names[0])
    return f"{first} <small>+{len(names) - 1}</small>" if len(names) > 1 else first


def _technology(label: str) -> Cell:
    kinds = dict(Package.Technology.choices) | dict(Subscription.Technology.choices)
    words = {kind: escape(str(word)) for kind, word in kinds.items()}
    return _cell(
        label,
        lambda row: words.get(row["technologies"][0], _NONE) if row["technologies"] else _NONE,
    )


def _balance(label: str, language: str) -> Cell:
    """Say balances in words, as everywhere: never plus or minus."""
    style = formats.defaults().style
    return _cell(
        label,
        lambda row: _said(row["standing__balance_amount"] or Decimal(0), style, language),
    )


@lru_cache(maxsize=5000)  # many owe the price of the same package
def _said(amount: Decimal, style: formats.Style, _language: str) -> str:
    if not amount:
        return f'<span class="balance balance-settled">{escape(_("Settled"))}</span>'
    words, kind = (
        (_("You owe %(amount)s"), "owed")
        if amount > 0
        else (_("Overpaid %(amount)s (credit)"), "credit")
    )
    said = escape(words % {"amount": formats.money(abs(amount), style)})
    return narrow(f'<span class="balance balance-{kind}">{said}</span>')


def _days(key: str, language: str, label: str) -> Cell:
    return _cell(label, lambda row: _day(row[key], language), "date")


def _last_paid(label: str, language: str) -> Cell:
    def paid(row: Row) -> str:
        at = row["standing__last_paid_at"]
        return _day(timezone.localdate(at) if at is not None else None, language)

    return _cell(label, paid, "date")


def _due(on: date, language: str, label: str) -> Cell:
    late_words = escape(_("%(n)d d late"))

    def due(row: Row) -> str:
        since = row["standing__oldest_due_date"]
        late = (on - since).days if since is not None else 0
        shown = _day(since, language)
        return f"{shown} &middot; {late_words % {'n': late}}" if late > 0 else shown

    return _cell(label, due, "date")


def _nps(row: Row) -> str:
    nps = row["standing__nps"]
    return _NONE if nps is None else str(nps)


_CELLS: dict[str, Callable[[date, str], Cell]] = {
    "number": lambda on, language: _plain(_("Number"), "number", "code"),
    "phone": lambda on, language: _phone(_("Phone")),
    "area": lambda on, language: _plain(_("Area"), "area__name"),
    "package": lambda on, language: _cell(_("Package"), _package),
    "technology": lambda on, language: _technology(_("Plan type")),
    "status": lambda on, language: _cell(
        _("Status"), lambda row: badge(row["status"], "account", language)
    ),
    "balance": lambda on, language: _balance(_("Balance"), language),
    "due": lambda on, language: _due(on, language, _("Due since")),
    "next_bill": lambda on, language: _days(
        "standing__next_billing_date", language, _("Next bill")
    ),
    "churn": lambda on, language: _cell(
        _("Churn risk"), lambda row: badge(row["churn_risk"], "churn", language)
    ),
    "last_payment": lambda on, language: _last_paid(_("Last payment"), language),
    "nps": lambda on, language: _cell(_("NPS"), _nps, "num"),
    "branch": lambda on, language: _plain(_("Branch"), "branch__name"),
    "collector": lambda on, language: _plain(_("Collector"), "collector__name"),
    "tags": lambda on, language: _cell(
        _("Tags"), lambda row: escape(", ".join(row["tags"])) or _NONE
    ),
    "since": lambda on, language: _days("customer_since", language, _("Customer since")),
}


# Columns that take a look at another table → what the query calls them.
_EXTRAS = {
    "area": "area__name",
    "package": "packages",
    "technology": "technologies",
    "branch": "branch__name",
    "collector": "collector__name",
}


def extras(columns: Iterable[str]) -> list[str]:
    """Return what the rows must hold beyond the usual for these columns."""
    return [_EXTRAS[column] for column in columns if column in _EXTRAS]


def _day(value: date | None, language: str) -> str:
    return _NONE if value is None else formats.day(value, language)
