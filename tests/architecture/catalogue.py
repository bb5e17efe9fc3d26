"""Reads the Bangla catalogue, and finds the texts the code wants translated.

The machine that runs the tests may have neither gettext's tools nor a library for its files, so
both readers are our own: just enough of the `.po` format to know what it says.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from django.utils.translation.template import templatize

QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
KEYWORD = re.compile(r'(msgctxt|msgid_plural|msgid|msgstr)(?:\[(\d)\])? (".*")')
# What a text is asked for with, and how many of its first arguments are its context and words.
CALLS = {
    "_": (0, 1),
    "gettext": (0, 1),
    "ngettext": (0, 2),
    "pgettext": (1, 1),
    "npgettext": (1, 2),
}
CALLED = re.compile(r"(?<!\w)(?:_|n?p?gettext)\(")


class Message(NamedTuple):
    """A text of the catalogue: its words in English and, by plural form, in Bangla."""

    context: str | None
    english: tuple[str, ...]
    bangla: tuple[str, ...]
    is_fuzzy: bool


class Wanted(NamedTuple):
    """A text some page asks for."""

    context: str | None
    english: str


def messages(path: Path) -> list[Message]:
    """Return the texts of a `.po` file, without its head and without what is no longer used."""
    found = []
    for block in path.read_text(encoding="utf-8").split("\n\n"):
        fields: dict[str, str] = {}
        last = ""
        for line in block.splitlines():
            if match := KEYWORD.fullmatch(line):
                last = match[1] + (match[2] or "")
                fields[last] = ast.literal_eval(match[3])
            elif QUOTED.fullmatch(line):
                fields[last] += ast.literal_eval(line)
        if fields.get("msgid"):
            found.append(
                Message(
                    fields.get("msgctxt"),
                    tuple(fields[key] for key in ("msgid", "msgid_plural") if key in fields),
                    tuple(text for key, text in fields.items() if key.startswith("msgstr")),
                    any(line.startswith("#,") and "fuzzy" in line for line in block.splitlines()),
                )
            )
    return found


def wanted_by_template(text: str) -> Iterator[Wanted]:
    """Yield the texts a template asks for, as `makemessages` would find them."""
    source = templatize(text)
    for match in CALLED.finditer(source):
        call = _expression(source, match.start())
        if call is not None:
            yield from _wanted(call)


def wanted_by_code(text: str) -> Iterator[Wanted]:
    """Yield the texts a Python file asks for."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call):
            yield from _wanted(node)


def _expression(source: str, start: int) -> ast.Call | None:
    """Read the call that starts here; what follows it is not Python."""
    end = source.find(")", start)
    while end != -1:
        try:
            call = ast.parse(source[start : end + 1].replace("\n", "\\n"), mode="eval").body
        except SyntaxError:
            end = source.find(")", end + 1)
            continue
        return call if isinstance(call, ast.Call) else None
    return None


def _wanted(call: ast.Call) -> Iterator[Wanted]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    before, words = CALLS.get(name.removesuffix("_lazy").removesuffix("_noop"), (0, 0))
    given = [arg.value for arg in call.args if isinstance(arg, ast.Constant)]
    if words and len(given) >= before + words and all(isinstance(text, str) for text in given):
        yield Wanted(given[0] if before else None, given[before])
