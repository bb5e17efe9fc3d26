"""The kinds of notices: each room says, when its app starts, what a kind of its own is called."""

from ispbill.inbox.queries.sources import Word

_words: dict[str, Word] = {}


def register(kind: str, words: Word) -> None:
    """Add a kind of notice and what it tells."""
    _words[kind] = words


def words(kind: str) -> str:
    """Return what a kind tells, in the reader's language; the kind itself where nobody knows."""
    return str(_words.get(kind, kind))
