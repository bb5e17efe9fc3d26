"""The books for people (`docs/user`), read by the console: pages and places one can search.

They are written in English, one book for each kind of work; the words of the screen in them are
held to the screen by a test. A place is a heading, or a paragraph that begins in bold.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from markdown_it import MarkdownIt
from markdown_it.token import Token

PICTURES = settings.BASE_DIR / "docs" / "pictures"
_BOOKS = settings.BASE_DIR / "docs" / "user"
_FIRST = "README"
# In the order in which the first page names them.
_NAMED = re.compile(r"^\| \[\w+\]\((\w+)\.md\)", re.MULTILINE)
_PICTURE = re.compile(r"^\.\./pictures/([\w-]+\.png)$")
_EXCERPT = 160


@dataclass(frozen=True)
class Place:
    """A part of a book: `anchor` leads to it, `text` is what it says without marks."""

    book: str
    book_title: str
    anchor: str
    title: str
    text: str

    @property
    def excerpt(self) -> str:
        """What it says, cut at a word."""
        if len(self.text) <= _EXCERPT:
            return self.text
        return self.text[:_EXCERPT].rsplit(" ", 1)[0] + " …"


@dataclass(frozen=True)
class Book:
    """One book: `name` stands in its address, `html` is made from our own file and is safe."""

    name: str
    title: str
    html: str
    places: list[Place] = field(default_factory=list)


def book(name: str) -> Book | None:
    """Return the book of this name; None if there is none."""
    return _all().get(name)


def books() -> list[Book]:
    """Return all books, the one for everybody first."""
    return list(_all().values())


def search(text: str, *, most: int = 20) -> list[Place]:
    """Return the places that hold each word of `text`, those with a word in their title first."""
    words = [word for word in re.split(r"\W+", text.lower()) if word]
    if not words:
        return []
    found = [
        (-sum(word in place.title.lower() for word in words), place)
        for one in books()
        for place in one.places
        if all(word in f"{place.title} {place.text}".lower() for word in words)
    ]
    found.sort(key=lambda pair: pair[0])
    return [place for _rank, place in found[:most]]


@lru_cache(maxsize=1)
def _all() -> dict[str, Book]:
    first = (_BOOKS / f"{_FIRST}.md").read_text(encoding="utf-8")
    names = [_FIRST, *_NAMED.findall(first)]
    return {_name(name): _read(name) for name in names}


def _name(file: str) -> str:
    return "start" if file == _FIRST else file


def _read(file: str) -> Book:
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = reader.parse((_BOOKS / f"{file}.md").read_text(encoding="utf-8"))
    title = ""
    places: list[list[str]] = []
    for number, token in enumerate(tokens):
        if token.type == "inline":
            _lead_on(token)
        if token.type == "heading_open" and token.tag == "h1":
            title = tokens[number + 1].content
            token.hidden = tokens[number + 1].hidden = tokens[number + 2].hidden = True
            tokens[number + 1].children = []
        elif lead := _lead(tokens, number):
            token.attrSet("id", f"p{len(places) + 1}")
            places.append([f"p{len(places) + 1}", lead, ""])
        elif token.type == "inline" and places:
            places[-1][2] += " " + _plain(token)
    return Book(
        _name(file),
        title,
        reader.renderer.render(tokens, reader.options, {}),
        [Place(_name(file), title, anchor, lead, text.strip()) for anchor, lead, text in places],
    )


def _lead(tokens: list[Token], number: int) -> str:
    """Return the words a place begins with, "" where none begins."""
    token = tokens[number]
    if token.level or token.type not in {"heading_open", "paragraph_open"}:
        return ""
    inline = tokens[number + 1]
    if token.type == "heading_open":
        return _plain(inline)
    parts = [child for child in inline.children or [] if child.type != "text" or child.content]
    if parts and parts[0].type == "strong_open":
        return parts[1].content.rstrip(".")
    return ""


def _lead_on(inline: Token) -> None:
    """Turn links between the books and to pictures into addresses of the console."""
    for child in inline.children or []:
        href = str(child.attrs.get("href", ""))
        if child.type == "link_open" and href.endswith(".md") and "/" not in href:
            child.attrSet("href", f"/admin/help/{_name(href.removesuffix('.md'))}/")
        if child.type == "image" and (match := _PICTURE.match(str(child.attrs.get("src", "")))):
            child.attrSet("src", f"/admin/help/pictures/{match[1]}")
            child.attrSet("loading", "lazy")


def _plain(inline: Token) -> str:
    words = "".join(
        " " if child.type in {"softbreak", "hardbreak"} else child.content
        for child in inline.children or []
    )
    return " ".join(words.split())


def picture(name: str) -> Path | None:
    """Return the file of a picture the books show; None for anything else."""
    return PICTURES / name if name in _pictures() else None


@lru_cache(maxsize=1)
def _pictures() -> frozenset[str]:
    return frozenset(path.name for path in PICTURES.glob("*.png"))
