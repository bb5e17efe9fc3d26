"""Who may act, as seen from below accounts: something with a key and a name."""

from typing import Protocol


class Actor(Protocol):
    @property
    def pk(self) -> int: ...

    @property
    def name(self) -> str: ...
