"""Forms as a browser reads them from a page: what it would send of each one, untouched."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any


@dataclass
class Form:
    """One form of a page: how it is sent, and what of."""

    attributes: dict[str, str | None]
    values: dict[str, list[str]] = field(default_factory=dict)
    shown: set[str] = field(default_factory=set)  # text fields that stand there filled in


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._inside = False
        self._area: str | None = None
        self._select: str | None = None
        self._options: list[tuple[str, bool]] = []
        self._many = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        name, value = told.get("name") or "", told.get("value") or ""
        if tag == "form":
            self.forms.append(Form(told))
            self._inside = True
        elif not self._inside:
            return
        elif tag == "input" and name and "disabled" not in told:
            self._input(told, name, value)
        elif tag == "textarea" and name and "disabled" not in told:
            self._area = name
            self._set(name, "")
        elif tag == "select" and name and "disabled" not in told:
            self._select, self._options, self._many = name, [], "multiple" in told
        elif tag == "option" and self._select:
            self._options.append((value, "selected" in told))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "textarea":
            self._area = None
        elif tag == "select" and self._select:
            chosen = [value for value, is_chosen in self._options if is_chosen]
            first = [value for value, _is_chosen in self._options[:1]]
            self.forms[-1].values[self._select] = chosen or ([] if self._many else first)
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._area:
            said = self.forms[-1].values[self._area]
            said[0] = (said[0] + data).removeprefix("\n")
            if said[0].strip():
                self.forms[-1].shown.add(self._area)

    def _input(self, told: dict[str, str | None], name: str, value: str) -> None:
        kind = told.get("type") or "text"
        if kind in {"checkbox", "radio"}:
            if "checked" in told:
                self.forms[-1].values.setdefault(name, []).append(told.get("value") or "on")
        elif kind not in {"submit", "button", "file"}:
            self._set(name, value)
            if kind != "hidden" and value:
                self.forms[-1].shown.add(name)

    def _set(self, name: str, value: str) -> None:
        self.forms[-1].values[name] = [value]


def forms_of(page: Any) -> list[Form]:
    """Return the forms of an answer, in their order."""
    reader = _Reader()
    reader.feed(page.content.decode())
    return reader.forms


def edit_form(page: Any, name: str) -> Form:
    """Return the one form of a page that carries what it showed, and asks for `name`."""
    carrying = [form for form in forms_of(page) if "opened" in form.values]
    [found] = [form for form in carrying if name in form.values]
    return found
