"""Providers for tests: one that remembers, and dies or answers as it is told."""

import threading
from collections import Counter
from dataclasses import dataclass, field

from ispbill.notifications.gateways.base import Accepted, Outcome, Outgoing


class SenderKilled(BaseException):
    """What kill -9 does to a sender, as far as a thread can die."""


@dataclass
class Provider:
    """Keep what was sent; with `dedupes` the same id is delivered once."""

    name: str = "fake"
    dedupes: bool = False
    outcomes: list[Outcome] = field(default_factory=list)
    """Answers to give before it accepts everything."""
    kills_before: set[int] = field(default_factory=set)
    kills_after: set[int] = field(default_factory=set)
    """Calls (counted from 1) at which the sender dies, before or after the provider took it."""

    def __post_init__(self) -> None:
        self.calls = 0
        self.delivered: Counter[str] = Counter()
        self.messages: list[Outgoing] = []
        self._lock = threading.Lock()

    def send(self, message: Outgoing) -> Outcome:
        with self._lock:
            self.calls += 1
            call = self.calls
            if call in self.kills_before:
                raise SenderKilled
            if self.outcomes:
                return self.outcomes.pop(0)
            if not (self.dedupes and self.delivered[message.id]):
                self.delivered[message.id] += 1
                self.messages.append(message)
        if call in self.kills_after:
            raise SenderKilled
        return Accepted(ref=f"ref-{message.id}")
