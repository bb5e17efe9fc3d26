"""Template tags of the list: its filters, its address, its pages."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django import forms, template
from django.forms import BoundField
from django.template import Context
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString

from ispbill.core import balances, formats
from ispbill.core.templatetags import ui

register = template.Library()

FIRST_SHOWN = 7


@dataclass(frozen=True)
class Pane:
    """One thing a list can be narrowed by: a field, or the two ends of a range."""

    label: str
    fields: list[BoundField]
    is_more: bool = False

    @property
    def name(self) -> str:
        """Return the name of its first field, for ids."""
        return self.fields[0].name

    @property
    def is_range(self) -> bool:
        """Tell whether it has two ends."""
        return len(self.fields) > 1

    @property
    def is_set(self) -> bool:
        """Tell whether the list is narrowed by it now."""
        return any(field.value() not in (None, "", [], False) for field in self.fields)


@register.filter
def panes(form: forms.Form) -> list[Pane]:
    """Fold a filter form into panes; `x_from` and `x_to`, or `since` and `until`, are one range.

    A form's `ranges` names the range in words (`{"balance": _("Balance")}`), else the first end's
    label does. After the first few the others are marked as more.
    """
    found = [Pane(label, fields) for label, fields in _ranges(form)]
    return [
        replace(pane, is_more=number >= FIRST_SHOWN and len(found) > FIRST_SHOWN + 1)
        for number, pane in enumerate(found)
    ]


def _ranges(form: forms.Form) -> Iterator[tuple[str, list[BoundField]]]:
    words: dict[str, Any] = getattr(form, "ranges", {})
    done: set[str] = set()
    for field in form.visible_fields():
        stem, end = _other_end(field.name)
        if field.name in done or field.name == "q":
            continue
        if end in form.fields:
            done.add(end)
            yield str(words.get(stem, field.label)), [field, form[end]]
        else:
            yield str(field.label), [field]


def _other_end(name: str) -> tuple[str, str]:
    """Return what a range is called and its last field; "" for what is no first end of one."""
    if name == "since":
        return name, "until"
    stem = name.removesuffix("_from")
    return (stem, f"{stem}_to") if stem != name else (name, "")


@register.simple_tag
def balance_cell(amount: Decimal | None) -> SafeString:
    """Say a balance under a column head that names the currency: what is owed stands out."""
    owed = amount or Decimal(0)
    decimals = formats.defaults().style.decimals
    written = format_html("<strong>{}</strong>", formats.number(abs(owed), decimals=decimals))
    return format_html(
        '<span class="balance-words balance-{}" data-plain="{}">{}</span>',
        balances.tone(owed),
        owed,
        SafeString(escape(balances.phrase(owed)) % {"amount": written}),
    )


@register.simple_tag(takes_context=True)
def hidden_query(context: Context, *left_out: str) -> SafeString:
    """Repeat the address's query as hidden fields of a form, without some keys."""
    request = context.get("request")
    pairs = request.GET.lists() if request is not None else []
    return format_html_join(
        "",
        '<input type="hidden" name="{}" value="{}">',
        ((key, value) for key, values in pairs if key not in left_out for value in values),
    )


@register.simple_tag(takes_context=True)
def sort_state(context: Context, column: str, param: str = "sort") -> Mapping[str, str]:
    """Return a sortable column's state (`ascending`, `descending`, `none`) and its next address."""
    request = context.get("request")
    now = request.GET.get(param, "") if request is not None else ""
    state = {column: "ascending", f"-{column}": "descending"}.get(now, "none")
    following = f"-{column}" if state == "ascending" else column
    address = ui.qs_with(context, **{param: following, "after": None, "before": None})
    return {"state": state, "address": address}


@register.simple_tag(takes_context=True)
def sort_head(context: Context, label: str, column: str) -> SafeString:
    """Draw a column head that sorts. Of the context: numeric, target (htmx region, `#list`)."""
    sorting = sort_state(context, column)
    symbol = {"ascending": "sort-ascending", "descending": "sort-descending"}.get(sorting["state"])
    return format_html(
        '<th scope="col"{} aria-sort="{}"><a class="th-sort" href="{}" hx-get="{}" hx-target="{}"'
        ' hx-push-url="true">{}{}</a></th>',
        SafeString(' class="num"' if context.get("numeric") else ""),
        sorting["state"],
        sorting["address"],
        sorting["address"],
        context.get("target") or "#list",
        label,
        ui.icon(symbol) if symbol else ui.icon("selector", "", "icon-faint"),
    )
