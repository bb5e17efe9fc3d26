"""How the network is doing, for everybody: by branch, without names of machines."""

from dataclasses import dataclass

from django.db.models import Count, Q

from network.models import Router


@dataclass(frozen=True)
class Place:
    """A branch's network, by how many of its routers answer."""

    name: str
    routers: int
    silent: int
    looked_at: int

    @property
    def is_fine(self) -> bool:
        return self.looked_at == self.routers and self.silent == 0

    @property
    def is_down(self) -> bool:
        return self.silent == self.routers

    @property
    def is_known(self) -> bool:
        return self.looked_at > 0


def now() -> list[Place]:
    """Return each branch that has routers in use, by what they last answered."""
    rows = (
        Router.objects.filter(is_enabled=True, archived_at=None)
        .values("branch__name")
        .annotate(
            routers=Count("pk"),
            silent=Count("pk", filter=Q(status=Router.Status.OFFLINE)),
            looked_at=Count("pk", filter=~Q(status=Router.Status.UNKNOWN)),
        )
        .order_by("branch__name")
    )
    return [
        Place(
            name=row["branch__name"],
            routers=row["routers"],
            silent=row["silent"],
            looked_at=row["looked_at"],
        )
        for row in rows
    ]
