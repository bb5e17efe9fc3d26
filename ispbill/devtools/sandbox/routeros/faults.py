"""Faults that may be switched on to see how clients take them."""

from collections.abc import Iterator
from dataclasses import dataclass

KINDS = {
    "refuse": "connections are refused",
    "hang": "commands are taken but never answered",
    "cut": "the answer stops in the middle of a sentence and the socket is closed",
    "drop_after": "the command is carried out, then the socket is closed without an answer",
    "drop_before": "the socket is closed without carrying the command out",
    "ignore": "the command is answered as done but not carried out",
    "half": "a command on several items is carried out on half of them, then the socket is closed",
    "fatal": "the command is answered with !fatal and the socket is closed",
    "wrong_password": "every login is refused",
    "no_permission": "the command is refused for lack of permission",
    "double_trap": "the command is answered with two traps in one reply",
    "trap": "the command is refused with a general failure",
    "drip": "the answer comes byte by byte",
}


@dataclass(kw_only=True)
class Fault:
    """A fault that is on.

    `command` limits it to commands that begin so (empty: all, the login included). `times` is how
    often it still happens (None: until switched off). `seconds` is the pause between two bytes of
    a dripping answer.
    """

    kind: str
    command: str = ""
    times: int | None = None
    seconds: float = 0.05


class Faults:
    """The faults of one router."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def __iter__(self) -> Iterator[Fault]:
        return iter(list(self._faults))

    def switch_on(self, fault: Fault) -> None:
        """Add a fault in place of an earlier one for the same command; raises ValueError."""
        if fault.kind not in KINDS:
            raise ValueError(f"unknown fault {fault.kind}; known: {', '.join(KINDS)}")
        self._faults = [
            other
            for other in self._faults
            if (other.kind, other.command) != (fault.kind, fault.command)
        ]
        self._faults.append(fault)

    def switch_off(self, kind: str = "") -> None:
        """Take away the faults of a kind, or all."""
        self._faults = [fault for fault in self._faults if kind and fault.kind != kind]

    def has(self, kind: str) -> bool:
        return any(fault.kind == kind for fault in self._faults)

    def strike(self, command: str) -> Fault | None:
        """Return the fault that hits this command, and count it."""
        for fault in self._faults:
            if not command.startswith(fault.command) or fault.kind == "refuse":
                continue
            if fault.kind == "wrong_password" and command != "/login":
                continue
            if fault.times is not None:
                fault.times -= 1
                if fault.times <= 0:
                    self._faults.remove(fault)
            return fault
        return None
