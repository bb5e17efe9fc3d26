"""Corrections that wait for a second person, and those already decided."""

from django.db.models import QuerySet

from billing.approvals.models import Approval
from ispbill.accounts.access import branch_scope
from ispbill.accounts.models import User

SIZE = 50


def visible_to(user: User) -> QuerySet[Approval]:
    """Return the requests a member of staff may open: the branch's for a branch manager."""
    if not user.is_console_user:
        return Approval.objects.none()
    branch = branch_scope(user)
    found = Approval.objects.select_related("customer", "invoice", "requested_by", "decided_by")
    return found if branch is None else found.filter(branch_id=branch)


def pending(user: User) -> list[Approval]:
    """Return what waits, the oldest first."""
    found = visible_to(user).filter(status=Approval.Status.PENDING)
    return list(found.order_by("requested_at", "pk")[:SIZE])


def decided(user: User) -> list[Approval]:
    """Return what was decided last."""
    return list(
        visible_to(user).exclude(status=Approval.Status.PENDING).order_by("-decided_at", "-pk")[:20]
    )


def to_decide(user: User, *, branch_id: int | None = None) -> int:
    """Return how many requests wait for this person: all but the own ones."""
    found = visible_to(user).filter(status=Approval.Status.PENDING).exclude(requested_by=user)
    return (found if branch_id is None else found.filter(branch_id=branch_id)).count()
