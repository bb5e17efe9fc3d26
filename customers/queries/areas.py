"""The tree of places we serve, and who collects there."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from customers.models import Area
from customers.rules import coverage
from ispbill.accounts import models as accounts
from ispbill.accounts.access import branch_scope
from ispbill.accounts.models import User


@dataclass(frozen=True)
class Leaf:
    """An area in its place: how deep it lies, and what lies on it."""

    area: Area
    depth: int
    customers: int
    coverage: str = ""  # `Area.Coverage`, of itself or of what it lies in


def visible_to(user: User) -> QuerySet[Area]:
    """Return the areas a member of staff may use: a branch manager those of the branch."""
    areas = Area.objects.all()
    branch = branch_scope(user)
    return areas if branch is None else areas.filter(branch_id=branch)


def choices(user: User) -> list[tuple[int, str]]:
    """Return the living areas as options, each named with what it lies in."""
    return [
        (leaf.area.pk, "\u2003" * leaf.depth + leaf.area.name)
        for leaf in _ordered(list(visible_to(user).filter(archived_at__isnull=True)), {})
    ]


def tree(user: User) -> list[Leaf]:
    """Return the living areas in the order of the tree, with their living customers counted."""
    areas = visible_to(user).select_related("branch").filter(archived_at__isnull=True)
    counted = {
        area.pk: area.living
        for area in areas.annotate(
            living=Count("customers", filter=Q(customers__archived_at__isnull=True))
        )
    }
    return _ordered(list(areas), counted)


def branches(user: User) -> QuerySet[accounts.Branch]:
    """Return the living branches a member of staff may work for."""
    found = accounts.Branch.objects.filter(archived_at__isnull=True)
    branch = branch_scope(user)
    return (found if branch is None else found.filter(pk=branch)).order_by("name")


def collectors(user: User) -> QuerySet[User]:
    """Return the staff who may collect in the user's branch."""
    staff = User.objects.filter(is_active=True).exclude(
        role__in=[User.Role.CUSTOMER, User.Role.RESELLER]
    )
    branch = branch_scope(user)
    if branch is not None:
        staff = staff.filter(Q(branch_id=branch) | Q(branch__isnull=True))
    return staff.order_by("name")


def _ordered(areas: list[Area], counted: dict[int, int]) -> list[Leaf]:
    """Parents before children, siblings by name; an area whose parent is hidden is a root."""
    here = {area.pk for area in areas}
    below: dict[int | None, list[Area]] = {}
    for area in sorted(areas, key=lambda one: (one.name.lower(), one.pk)):
        below.setdefault(area.parent_id if area.parent_id in here else None, []).append(area)
    ordered: list[Leaf] = []

    def walk(parent: int | None, depth: int, above: str) -> None:
        for area in below.get(parent, []):
            said = coverage.effective([above, area.coverage])
            ordered.append(Leaf(area, depth, counted.get(area.pk, 0), said))
            walk(area.pk, depth + 1, said)

    walk(None, 0, "")
    return ordered
