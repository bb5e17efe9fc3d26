"""Resellers by name, for filters: their app lies above this one."""

from django.apps import apps
from django.db.models import QuerySet

from ispbill.accounts.access import branch_scope
from ispbill.accounts.models import User


def choices(user: User) -> list[tuple[int, str]]:
    """Return ids and names of the resellers a member of staff may choose from, by name."""
    branch = branch_scope(user)
    found = _resellers() if branch is None else _resellers().filter(branch_id=branch)
    return list(found.order_by("name").values_list("pk", "name"))


def name(pk: int) -> str:
    """Return a reseller's name, "" for one that does not exist."""
    return str(_resellers().filter(pk=pk).values_list("name", flat=True).first() or "")


def _resellers() -> QuerySet:  # type: ignore[type-arg]
    return apps.get_model("resellers", "Reseller")._default_manager.all()
