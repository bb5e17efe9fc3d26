"""HTML that staff typed: text, lists, tables and uploaded pictures, and nothing that acts or loads.

Whatever is not listed is left out with its attributes; addresses of pictures must be `data:`.
"""

import html
import re
from html.parser import HTMLParser

_KEPT = frozenset(
    [
        "p",
        "br",
        "h2",
        "h3",
        "h4",
        "strong",
        "b",
        "em",
        "i",
        "u",
        "ul",
        "ol",
        "li",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "blockquote",
        "hr",
        "sub",
        "sup",
        "img",
    ]
)
_EMPTY = frozenset({"br", "hr", "img"})
_SILENT = frozenset({"script", "style", "title", "head", "iframe", "object", "svg", "template"})
_PICTURE = re.compile(r"data:image/(png|jpeg);base64,[A-Za-z0-9+/=]+")
_SPAN = re.compile(r"[1-9]\d?")


def clean(markup: str) -> str:
    """Return the markup with only what is listed; every open tag is closed."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return reader.text().strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._open: list[str] = []
        self._silent = 0

    def text(self) -> str:
        """Return what was kept."""
        return "".join([*self._parts, *(f"</{tag}>" for tag in reversed(self._open))])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a listed tag without what it must not carry."""
        if tag in _SILENT:
            self._silent += 1
        if self._silent or tag not in _KEPT:
            return
        kept = dict(attrs)
        if tag == "img":
            source = kept.get("src") or ""
            if _PICTURE.fullmatch(source):
                alt = html.escape(kept.get("alt") or "")
                self._parts.append(f'<img src="{source}" alt="{alt}">')
            return
        spans = [
            f' {name}="{kept[name]}"'
            for name in ("colspan", "rowspan")
            if tag in {"td", "th"} and _SPAN.fullmatch(kept.get(name) or "")
        ]
        self._parts.append(f"<{tag}{''.join(spans)}>")
        if tag not in _EMPTY:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close a tag, and whatever was left open inside it."""
        if tag in _SILENT:
            self._silent = max(self._silent - 1, 0)
            return
        if self._silent or tag not in self._open:
            return
        while self._open:
            last = self._open.pop()
            self._parts.append(f"</{last}>")
            if last == tag:
                return

    def handle_data(self, data: str) -> None:
        """Keep text, escaped."""
        if not self._silent:
            self._parts.append(html.escape(data, quote=False))
