"""What really flowed on a virtual router, to hold a client's sums against; no router tells that."""

from dataclasses import dataclass, field


@dataclass(kw_only=True)
class Truth:
    """Bytes by subscriber, as [upload, download].

    `lost` went with counters that ended, or were reset, before anybody read them again.
    """

    carried: dict[str, list[int]] = field(default_factory=dict)
    lost: dict[str, list[int]] = field(default_factory=dict)

    def carry(self, name: str, size: tuple[int, int]) -> None:
        """Add what flowed."""
        _add(self.carried, name, size)

    def lose(self, name: str, size: tuple[int, int]) -> None:
        """Add what nobody will ever read."""
        _add(self.lost, name, size)


def _add(sums: dict[str, list[int]], name: str, size: tuple[int, int]) -> None:
    both = sums.setdefault(name, [0, 0])
    both[0] += size[0]
    both[1] += size[1]
