"""What goes wrong with the answers of a simulator that are still to come."""

from collections import deque
from typing import ClassVar


class Misbehaves:
    """A simulator that can be told to fail: `kinds` are the ways it knows."""

    kinds: ClassVar[tuple[str, ...]]

    def __init__(self, *args: object, **kwargs: object) -> None:
        self._faults: deque[str] = deque()
        super().__init__(*args, **kwargs)

    def misbehave(self, *faults: str) -> None:
        """Let the answers to come go wrong, one fault each; then all is well again."""
        for fault in faults:
            if fault not in self.kinds:
                raise ValueError(fault)
        self._faults.extend(faults)

    def fault(self) -> str:
        """Return what is wrong with the answer that is made now; "" for nothing."""
        return self._faults.popleft() if self._faults else ""
