"""Django's own `{% translate %}`, `{% url %}` and `{% extends %}`, quicker.

They mean the same and read the same (docs/adr/0017). A fixed text is translated once for each
language; an address with one argument is made from the pattern of its name. Whatever is not that
plain is left to Django.
"""

import re
from functools import lru_cache
from typing import Any

from django import template
from django.template import Context
from django.template.base import FilterExpression, Parser, TextNode, Token
from django.template.defaulttags import URLNode, url
from django.template.loader_tags import (
    BLOCK_CONTEXT_KEY,
    BlockContext,
    BlockNode,
    ExtendsNode,
    do_extends,
)
from django.templatetags.i18n import BlockTranslateNode, do_block_translate, do_translate
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse
from django.utils import translation
from django.utils.html import strip_tags
from django.utils.safestring import SafeString

from ispbill.core import formats

_PLAIN = re.compile(r"[A-Za-z0-9._-]+")
_SHAPE = str.maketrans("123456789", "000000000")  # CT-2026-00042 → CT-0000-00000
_NUMBER = 918273645  # stands in for any whole number
_FIXED = 2  # the words of `{% translate "…" %}`


class Said(template.Node):
    """A fixed text: translated once for each language."""

    def __init__(self, node: template.Node) -> None:
        self.node = node
        self.made: dict[str | None, str] = {}

    def render(self, context: Context) -> str:
        """Return the text in the language of the moment."""
        language = translation.get_language()
        said = self.made.get(language)
        if said is None:
            said = self.made[language] = str(self.node.render(context))
        return said


class Counted(int):
    """A whole number in a sentence, shown in the digits of the page; it still counts as itself."""

    def __str__(self) -> str:
        return formats.digits(str(int(self)))

    def __html__(self) -> str:
        return str(self)


class Counting:
    """A value of `{% blocktranslate %}`: Django writes whole numbers in Latin digits always."""

    def __init__(self, value: FilterExpression) -> None:
        self.value = value

    def resolve(self, context: Context, ignore_failures: bool = False) -> object:
        """Return the value, a whole number as `Counted`."""
        found = self.value.resolve(context, ignore_failures)
        return Counted(found) if type(found) is int else found


class Addressed(template.Node):
    """An address without or with one argument: the pattern is looked up once."""

    def __init__(self, node: URLNode) -> None:
        self.node = node

    def render(self, context: Context) -> str:
        """Return the address, or put it into the variable named by `as`."""
        node = self.node
        name = node.view_name.resolve(context)
        values = [argument.resolve(context) for argument in node.args]
        found = address(name, *values)
        if found is None:
            return str(node.render(context))
        if node.asvar:
            context[node.asvar] = found
            return ""
        return found


class Framed(ExtendsNode):
    """A template in the frame of another: the frame's blocks are found once, not at each visit.

    Django walks the whole frame each time a page is drawn; the rest is as it does it.
    """

    def render(self, context: Context) -> SafeString:
        """Return the frame with this template's blocks in it."""
        frame: Any = self.get_parent(context)
        state = context.render_context
        if BLOCK_CONTEXT_KEY not in state:
            state[BLOCK_CONTEXT_KEY] = BlockContext()
        state[BLOCK_CONTEXT_KEY].add_blocks(self.blocks)
        state[BLOCK_CONTEXT_KEY].add_blocks(_own_blocks(frame))
        with state.push_state(frame, isolated_context=False):
            drawn: SafeString = frame._render(context)
        return drawn


def _own_blocks(frame: Any) -> dict[str, BlockNode]:
    """Return the blocks of a frame that itself stands in no other; none of one that does."""
    found: dict[str, BlockNode] | None = getattr(frame, "own_blocks", None)
    if found is None:
        first = next((node for node in frame.nodelist if not isinstance(node, TextNode)), None)
        is_framed = isinstance(first, ExtendsNode)
        blocks = [] if is_framed else frame.nodelist.get_nodes_by_type(BlockNode)
        found = frame.own_blocks = {block.name: block for block in blocks}
    return found


def page_heading(context: Context) -> SafeString:
    """Return the page's heading without its markup: the title of a page that has no other."""
    blocks = context.render_context.get(BLOCK_CONTEXT_KEY)
    heading = blocks.get_block("heading") if blocks is not None else None
    words = strip_tags(heading.render(context)).strip() if heading is not None else ""
    return SafeString(words)


def narrow(markup: str) -> SafeString:
    """Write what is not ASCII as references (`&#2547;` for the taka sign), where a page is English.

    One wide character makes the whole page wide: putting together and encoding 90 kB of it takes
    a millisecond, of ASCII a few microseconds. A page in Bangla is wide anyhow, and stays as it is.
    """
    if markup.isascii() or translation.get_language() != "en":
        return SafeString(markup)
    return SafeString(markup.encode("ascii", "xmlcharrefreplace").decode("ascii"))


def extends_tag(parser: Parser, token: Token) -> Framed:
    """Compile `{% extends %}`."""
    node = do_extends(parser, token)
    return Framed(node.nodelist, node.parent_name)


def block_translate(parser: Parser, token: Token) -> BlockTranslateNode:
    """`{% blocktranslate %}` with the numbers given to it in the digits of the page."""
    node: Any = do_block_translate(parser, token)
    node.extra_context = {name: Counting(value) for name, value in node.extra_context.items()}
    if node.counter is not None:
        node.counter = Counting(node.counter)
    return node  # type: ignore[no-any-return]


def translate(parser: Parser, token: Token) -> template.Node:
    """Compile `{% translate %}`."""
    node: template.Node = do_translate(parser, token)
    words = token.split_contents()
    is_fixed = len(words) == _FIXED and words[1][0] in "\"'" and words[1][0] == words[1][-1]
    return Said(node) if is_fixed else node


def address_tag(parser: Parser, token: Token) -> template.Node:
    """Compile `{% url %}`."""
    node = url(parser, token)
    return node if node.kwargs or len(node.args) > 1 else Addressed(node)


def address(name: str, *values: Any) -> str | None:
    """Return the address of a named page for at most one plain value; None to ask Django for it.

    What is returned needs no escaping: letters, digits and `._-` are all a value may hold.
    """
    where = (get_urlconf(), get_script_prefix(), name)
    if not values:
        return _pattern(*where)
    [value] = values
    if type(value) is int and value >= 0:
        mark: int | str = _NUMBER
    elif type(value) is str and _PLAIN.fullmatch(value):
        mark = value.translate(_SHAPE)
    else:
        return None
    pattern = _pattern(*where, mark)
    return pattern and pattern.replace(str(mark), str(value))


@lru_cache(maxsize=1000)
def _pattern(
    _urlconf: str | None, _prefix: str, name: str, mark: int | str | None = None
) -> str | None:
    """Return an address with a stand-in for the argument; None where that is not all to it."""
    try:
        found = reverse(name, args=[] if mark is None else [mark])
    except NoReverseMatch:
        return None
    is_clear = mark is None or found.count(str(mark)) == 1
    return found if is_clear and _is_plain(found) else None


def _is_plain(found: str) -> bool:
    return not set(found) & set("&<>\"'")
