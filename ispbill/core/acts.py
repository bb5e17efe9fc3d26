"""Who does what, when, on which day of the books, and why: one value for a whole act.

Views, tasks and commands make it; services pass it on, and the audit trail writes it down.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic

from typing_extensions import TypeVar

from ispbill.core import clock
from ispbill.core.actors import Actor

Who = TypeVar("Who", covariant=True, default=Actor | None)
Anyone = TypeVar("Anyone")


@dataclass(frozen=True, slots=True, init=False)
class Act(Generic[Who]):
    """One act. `Act` may be the system's own (no actor); `Act[User]` is always a person's.

    `at` is a UTC moment; `on` is the company's day in the books, that of `at` unless given.
    """

    actor: Who
    at: datetime
    _day: date | None
    reason: str

    def __init__(
        self, actor: Who, at: datetime, *, on: date | None = None, reason: str = ""
    ) -> None:
        object.__setattr__(self, "actor", actor)
        object.__setattr__(self, "at", at)
        object.__setattr__(self, "_day", on)
        object.__setattr__(self, "reason", reason)

    @property
    def on(self) -> date:
        """The day of the books; asked of the company only when somebody wants to know."""
        return clock.local_date(self.at) if self._day is None else self._day

    @staticmethod
    def now(actor: Anyone, *, on: date | None = None, reason: str = "") -> "Act[Anyone]":
        """Return an act of this moment."""
        return Act(actor, clock.now(), on=on, reason=reason)

    def because(self, reason: str) -> "Act[Who]":
        """Return the same act for another reason."""
        return Act(self.actor, self.at, on=self._day, reason=reason)
