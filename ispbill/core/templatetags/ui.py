"""Template tags every page stands on: icons, badges, money, days, form controls, links."""

import json
from dataclasses import asdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django import template
from django.forms import BoundField
from django.forms.widgets import (
    CheckboxInput,
    CheckboxSelectMultiple,
    FileInput,
    RadioSelect,
    Select,
    Textarea,
)
from django.template import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils import timezone, translation
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from ispbill.core import badges, balances, bundles, demands, formats, keeping, phones, templating

register = template.Library()
register.tag("translate", templating.translate)
register.tag("blocktranslate", templating.block_translate)
register.tag("url", templating.address_tag)
register.tag("extends", templating.extends_tag)
register.tag("kept", keeping.kept)
register.simple_tag(templating.page_heading, takes_context=True)
register.simple_tag(keeping.here, takes_context=True)


@register.simple_tag
def icon(name: str, label: str = "", extra: str = "") -> SafeString:
    """Draw a symbol of `static/icons.svg`; without a label it is decoration and is not read out."""
    return _sign(name, _plain(label), extra) if label else _decoration(name, extra)


@register.simple_tag
def script_bundle(name: str) -> str:
    """Return the address of a bundle of scripts."""
    return bundles.address(name)


@lru_cache(maxsize=500)  # a page draws a hundred of the same few
def _sign(name: str, label: str, extra: str) -> SafeString:
    return format_html(
        '<svg class="{}" role="img" aria-label="{}"><use href="{}"></use></svg>',
        f"icon {extra}".strip(),
        label,
        f"{static('icons.svg')}#{name}",
    )


@lru_cache(maxsize=500)
def _decoration(name: str, extra: str) -> SafeString:
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}"></use></svg>',
        f"icon {extra}".strip(),
        f"{static('icons.svg')}#{name}",
    )


@register.simple_tag
def badge(value: object, kind: str = "", detail: str = "") -> SafeString:
    """Show a status as icon and word; `detail` is the small sub-label (a suspension's reason)."""
    return _shape(badges.find(value, kind), _plain(detail), translation.get_language())


@register.simple_tag
def chip(word: str, tone: str = "neutral", symbol: str = "circle") -> SafeString:
    """Show a word of one's own in the shape of a badge (a tag, a count, a mode)."""
    return _shape(badges.Badge(tone, symbol, _plain(word)), "", translation.get_language())


def _plain(words: object) -> str:
    """Return words that will be escaped: safe ones equal unsafe ones, and would be kept."""
    return str(words) + ""


@lru_cache(maxsize=1000)  # a list shows a hundred of the same dozen
def _shape(shown: badges.Badge, detail: str, _language: str | None) -> SafeString:
    return render_to_string("ui/_badge.html", {"badge": shown, "detail": detail})


@register.simple_tag
def money(amount: Decimal | None, style: str = "symbol") -> SafeString:
    """Write an amount of the company's currency; copying it yields the plain number.

    `style` is "symbol", or "plain" under a head that names the currency.
    """
    if amount is None:
        return SafeString('<span class="text-muted">—</span>')
    if style == "plain":
        words = formats.number(amount, decimals=formats.defaults().style.decimals)
    else:
        words = formats.money(amount)
    return SafeString(f'<span class="money" data-plain="{amount}">{escape(words)}</span>')


@register.simple_tag
def optional_mark(field: BoundField) -> SafeString:
    """Say "(optional)" beside a label, hidden while another field demands this one."""
    found = demands.of(field)
    if field.field.required or (found is not None and not found.by):
        return SafeString("")
    if found is None:
        return format_html(' <span class="optional">({})</span>', _("optional"))
    values = "" if found.values is None else " ".join(sorted(found.values))
    return format_html(
        ' <span class="optional" data-demanded-by="{}" data-demanded-values="{}"{}>({})</span>',
        field.form.add_prefix(found.by),
        values,
        SafeString(" hidden") if demands.is_demanded(field) else "",
        _("optional"),
    )


@register.simple_tag
def money_style() -> str:
    """Return how the company writes money, as JSON for `static/js/money.js`."""
    return json.dumps(asdict(formats.defaults().style), ensure_ascii=False)


@register.simple_tag
def day_words() -> SafeString:
    """Return the months' names and the figures days are written with, for `static/js/list.js`."""
    language = _language()
    names = [formats.month(date(2026, number, 1), language).split()[0] for number in range(1, 13)]
    figures = formats.bangla("0123456789")
    if not formats.day(date(2026, 1, 1), language).endswith(figures[6]):
        figures = ""
    return format_html('data-months="{}" data-digits="{}"', " ".join(names), figures)


@register.simple_tag
def currency() -> str:
    """Return the currency's symbol, for a column head or the side of an input."""
    return formats.defaults().style.symbol.strip()


@register.filter
def number(value: Decimal | int | None) -> str:
    """Write a whole number with the company's grouping."""
    return "—" if value is None else formats.number(value)


@register.filter
def quantity(value: Decimal | None) -> str:
    """Write how much there is of something: with decimals where it has any; nothing is zero."""
    return formats.quantity(value or Decimal(0))


@register.filter
def national(e164: str) -> str:
    """Write a stored phone number as it is dialled at home."""
    try:
        return phones.national(e164)
    except ValueError:
        return e164


@register.filter
def percent(rate: Decimal | None) -> str:
    """Write a fraction as a percentage: 0.15 is `15 %`."""
    return "—" if rate is None else formats.digits(f"{(rate * 100).normalize():f} %")


@register.simple_tag
def balance_words(amount: Decimal | None, reader: str = "staff") -> SafeString:
    """Say a balance in words, to staff about somebody or to the customer: `reader` is "you"."""
    return format_html(
        '<span class="balance balance-{}">{}</span>',
        balances.tone(amount),
        balances.words(amount, to_customer=reader == "you"),
    )


@register.filter
def day(value: date | datetime | None) -> SafeString | str:
    """Write a day as `05 Jan 2026` in the reader's language; a moment is taken in local time."""
    if value is None:
        return "—"
    on = timezone.localdate(value) if isinstance(value, datetime) else value
    return SafeString(f'<time datetime="{on.isoformat()}">{formats.day(on, _language())}</time>')


@register.simple_tag
def period(start: date, end: date) -> str:
    """Write half-open `[start, end)` with its last day and how many days that makes."""
    return formats.period(start, end, _language())


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """Write a moment in the current time zone."""
    if value is None:
        return "—"
    words = formats.moment(value, timezone.get_current_timezone(), _language())
    return SafeString(f'<time datetime="{value.isoformat()}">{words}</time>')


@register.filter
def duration(value: timedelta | None) -> str:
    """Write a length of time by its two largest units: `2 h 14 min`."""
    return "—" if value is None else formats.duration(value, _language())


@register.simple_tag(takes_context=True)
def qs_with(context: Context, **changes: object) -> str:
    """Return the address's query string with some keys changed; None or "" removes a key."""
    request = context.get("request")
    query = dict(request.GET.lists()) if request is not None else {}  # QueryDict.copy() is slow
    for key, value in changes.items():
        if value is None or value == "":
            query.pop(key, None)
        else:
            query[key] = [str(value)]
    return f"?{urlencode(query, doseq=True)}" if query else "?"


@register.simple_tag(takes_context=True)
def active(context: Context, url_name: str, *args: object) -> SafeString | str:
    """Return `aria-current="page"` when the current address lies at or under the named one."""
    request = context.get("request")
    try:
        address = reverse(url_name, args=args or None)
    except NoReverseMatch:
        return ""
    path = request.path if request is not None else ""
    is_under = path == address or (address.count("/") > 2 and path.startswith(address))
    return SafeString('aria-current="page"') if is_under else ""


@register.simple_tag
def hotkey(keys: str, label: str, scope: str = "page") -> SafeString:
    """Return the attributes that bind keys to this link or button and list it in the `?` dialog.

    `keys` is one key ("p"), or a sequence ("g c"). `scope` is "page" or "global".
    """
    return format_html(
        'data-hotkey="{}" data-hotkey-label="{}" data-hotkey-scope="{}"', keys, label, scope
    )


@register.filter
def field_kind(field: BoundField) -> str:
    """Name the markup a form field needs: checkbox, choices, select, textarea, file or input."""
    widget = field.field.widget
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        return "choices"
    for kind, widgets in (
        ("checkbox", CheckboxInput),
        ("select", Select),
        ("textarea", Textarea),
        ("file", FileInput),
    ):
        if isinstance(widget, widgets):
            return kind
    return "input"


@register.simple_tag
def control(field: BoundField, autocomplete: str = "", extra: str = "") -> SafeString:
    """Render a bound field's widget with our classes, its description and its error state."""
    kind = field_kind(field)
    if kind == "select" and getattr(field.field, "empty_label", None) == "---------":
        field.field.empty_label = _("Choose…")  # type: ignore[attr-defined]
    attrs: dict[str, Any] = {
        "class": {"select": "form-select", "checkbox": "form-check-input"}.get(kind, "form-control")
    }
    given = str(field.field.widget.attrs.get("class", ""))
    attrs["class"] = " ".join(filter(None, (attrs["class"], given, extra)))
    if field.errors:
        attrs["class"] += " is-invalid"
        attrs["aria-invalid"] = "true"
    if autocomplete:
        attrs["autocomplete"] = autocomplete
    described = [f"{field.auto_id}_error"] if field.errors else []
    if field.help_text:
        described.append(f"{field.auto_id}_helptext")
    if described:
        attrs["aria-describedby"] = " ".join(described)
    return field.as_widget(attrs=attrs)


def _language() -> str:
    return translation.get_language() or "en"
