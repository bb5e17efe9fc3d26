"""Which phones somebody may see and end."""

from django.db.models import QuerySet

from fieldservice.models import FieldDevice
from ispbill.accounts.access import branch_scope, may
from ispbill.accounts.models import User


def visible_to(user: User) -> QuerySet[FieldDevice]:
    """Return the phones of those a manager answers for, those in use first."""
    if not may(user, "field.decide"):
        return FieldDevice.objects.none()
    branch_id = branch_scope(user)
    found = FieldDevice.objects.select_related("person", "ended_by")
    if branch_id is not None:
        found = found.filter(person__branch_id=branch_id)
    return found.order_by("ended_at", "person__name", "-pk")
