"""What goes wrong on demand, the way it goes wrong with real gateways."""

import itertools
import threading
from dataclasses import dataclass, field
from typing import Any

KINDS = {
    "error_500": "Answers 500 and does nothing",
    "maintenance": "Answers 503 and does nothing",
    "lost_answer": "Does what was asked, then hangs up without an answer",
    "timeout": "Does what was asked, then stays silent (60 s, or as told)",
    "slow": "Answers after a while (10 s, or as told)",
    "html": "Does what was asked, then answers with an HTML page",
    "empty": "Does what was asked, then answers with nothing",
    "truncated": "Does what was asked, then sends half of the JSON",
    "null": "Does what was asked, then answers null",
    "wrong_types": "Does what was asked, then answers with lists in place of texts",
    "inactive": "Says the merchant's account is switched off, and does nothing",
    "refuse": "Does nothing, and answers with these values alone (as told)",
    "override": "Does what was asked, then answers with other values (as told)",
}
REFUSALS = {"error_500", "maintenance", "inactive", "refuse"}
SILENT_SECONDS = 60.0
SLOW_SECONDS = 10.0


@dataclass
class Fault:
    """`times` is for so many calls to come, −1 for all; an empty operation is any. `status` is the
    HTTP status of "refuse"."""

    gateway: str
    kind: str
    operation: str = ""
    times: int = 1
    seconds: float = 0
    status: int = 200
    fields: dict[str, Any] = field(default_factory=dict)
    number: int = 0


class Faults:
    """The faults switched on, in the order in which they were."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        """Raises ValueError for an unknown kind."""
        if fault.kind not in KINDS:
            raise ValueError(f"no such fault: {fault.kind}")
        with self._lock:
            fault.number = next(self._numbers)
            self._faults.append(fault)
        return fault

    def clear(self, gateway: str = "") -> None:
        with self._lock:
            self._faults = [one for one in self._faults if gateway and one.gateway != gateway]

    def all(self) -> list[Fault]:
        with self._lock:
            return list(self._faults)

    def strike(self, gateway: str, operation: str) -> Fault | None:
        """Return the fault that strikes this call, and count it."""
        with self._lock:
            for fault in self._faults:
                if fault.gateway == gateway and fault.operation in {"", operation}:
                    if fault.times > 0:
                        fault.times -= 1
                    if fault.times == 0:
                        self._faults.remove(fault)
                    return fault
        return None
