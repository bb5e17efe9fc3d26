"""Form controls as markup: Django's own, without a template for each attribute of each option.

A filter of three selects took a tenth of a page's time (docs/adr/0017). The markup is Django's to
the letter, and a test holds the two beside each other; widgets not named here go their usual way.
"""

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.utils.safestring import SafeString

Widget = Mapping[str, Any]


class Renderer(DjangoTemplates):
    """Draws inputs, selects and text areas itself; set as FORM_RENDERER."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        """Return a widget's, a form's or a field's markup."""
        draw = _DRAWN.get(template_name)
        if draw is None:
            return str(super().render(template_name, context, request))
        return SafeString(draw(context["widget"]))


def _input(widget: Widget) -> str:
    value = widget["value"]
    shown = "" if value is None else f' value="{_text(value)}"'
    return (
        f'<input type="{_text(widget["type"])}" name="{_text(widget["name"])}"{shown}'
        f"{_attributes(widget)}>"
    )


def _select(widget: Widget) -> str:
    parts = [f'<select name="{_text(widget["name"])}"{_attributes(widget)}>']
    for group, options, _index in widget["optgroups"]:
        if group:
            parts.append(f'\n  <optgroup label="{_text(group)}">')
        parts += [
            f'\n  <option value="{_text(option["value"])}"{_attributes(option)}>'
            f"{_text(option['label'])}</option>\n"
            for option in options
        ]
        if group:
            parts.append("\n  </optgroup>")
    parts.append("\n</select>")
    return "".join(parts)


def _textarea(widget: Widget) -> str:
    value = widget["value"]
    shown = _text(value) if value else ""
    return f'<textarea name="{_text(widget["name"])}"{_attributes(widget)}>\n{shown}</textarea>'


def _attributes(widget: Widget) -> str:
    return "".join(
        f" {_text(name)}" if value is True else f' {_text(name)}="{_text(value)}"'
        for name, value in widget["attrs"].items()
        if value is not False
    )


def _text(value: Any) -> str:
    return value if isinstance(value, SafeString) else escape(str(value))


_DRAWN: dict[str, Callable[[Widget], str]] = {
    f"django/forms/widgets/{name}.html": _input
    for name in (
        "input",
        "text",
        "number",
        "email",
        "url",
        "password",
        "hidden",
        "date",
        "datetime",
        "time",
        "checkbox",
        "tel",
        "search",
        "color",
    )
} | {"django/forms/widgets/select.html": _select, "django/forms/widgets/textarea.html": _textarea}
