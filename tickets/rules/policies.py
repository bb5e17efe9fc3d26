"""Which agreement holds for a ticket: the one that says most of it, then the higher one."""

from collections.abc import Iterable
from dataclasses import dataclass

PRIORITIES = ("LOW", "NORMAL", "HIGH", "URGENT")
"""From the least to the most urgent."""


@dataclass(frozen=True)
class Targets:
    """Minutes of business time; None: nothing is promised."""

    first: int | None
    next: int | None
    resolution: int | None

    def of(self, kind: str) -> int | None:
        """Return the target of a kind of clock."""
        return {"FIRST": self.first, "NEXT": self.next, "RESOLUTION": self.resolution}[kind]


DEFAULTS = {
    "URGENT": Targets(15, 30, 240),
    "HIGH": Targets(30, 60, 480),
    "NORMAL": Targets(120, 240, 1440),
    "LOW": Targets(240, 480, 2880),
}
"""What holds where the company has agreed on nothing else."""


@dataclass(frozen=True)
class Policy:
    """An agreement; a blank column matches all."""

    pk: int | None
    position: int
    targets: Targets
    category: int | None = None
    priority: str = ""
    customer_class: str = ""
    is_around_the_clock: bool = False

    @property
    def says(self) -> int:
        """Return how many columns are filled in."""
        return sum(bool(one) for one in (self.category, self.priority, self.customer_class))


def match(
    policies: Iterable[Policy], *, category: int, priority: str, customer_class: str
) -> Policy:
    """Return the agreement that holds; the house's own default where none matches."""
    fitting = [
        one
        for one in policies
        if one.category in (None, category)
        and one.priority in ("", priority)
        and one.customer_class in ("", customer_class)
    ]
    if not fitting:
        return Policy(None, 0, DEFAULTS[priority])
    return min(fitting, key=lambda one: (-one.says, one.position, one.pk or 0))


def is_more_urgent(priority: str, than: str) -> bool:
    """Tell whether one priority is above another."""
    return PRIORITIES.index(priority) > PRIORITIES.index(than)
