"""The kinds of notices: each room says, when its app starts, what a kind of its own is called."""

from collections.abc import Mapping

from ispbill.inbox.queries.sources import Word

_words: dict[str, Word] = {}


def register(kinds: Mapping[str, Word]) -> None:
    """Add kinds of notices and what each tells."""
    _words.update(kinds)


def words(kind: str) -> str:
    """Return what a kind tells, in the reader's language; the kind itself where nobody knows."""
    return str(_words.get(kind, kind))
