"""One change to many customers at a time, in one statement, each with its own audit event."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import F, Func, TextField, Value
from django.utils.translation import gettext as _

from customers.models import Area, Customer
from customers.services import account_states
from ispbill import logs
from ispbill.accounts.models import User
from ispbill.audit.models import AuditEvent
from ispbill.audit.services import trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError

MAX_TAG = 30


@transaction.atomic
def tag(*, customers: Iterable[int], word: str, act: Act[User]) -> list[int]:
    """Put a tag on these customers (ids); return those that did not have it yet."""
    word = word.strip().lower()
    if not word or len(word) > MAX_TAG:
        raise DomainError(_("A tag has between 1 and 30 characters."))
    ids = _locked(customers, act)
    fresh = list(
        Customer.objects.filter(pk__in=ids)
        .exclude(tags__contains=[word])
        .values_list("pk", flat=True)
    )
    Customer.objects.filter(pk__in=fresh).update(
        tags=Func(F("tags"), Value(word, output_field=TextField()), function="array_append")
    )
    _record(fresh, "customer.tagged", act, after={"tag": word})
    return fresh


@transaction.atomic
def untag(*, customers: Iterable[int], word: str, act: Act[User]) -> list[int]:
    """Take a tag off these customers; return those that had it."""
    word = word.strip().lower()
    ids = _locked(customers, act)
    having = list(
        Customer.objects.filter(pk__in=ids, tags__contains=[word]).values_list("pk", flat=True)
    )
    Customer.objects.filter(pk__in=having).update(
        tags=Func(F("tags"), Value(word, output_field=TextField()), function="array_remove")
    )
    _record(having, "customer.untagged", act, before={"tag": word})
    return having


@transaction.atomic
def change_area(*, customers: Iterable[int], area: Area, act: Act[User]) -> list[int]:
    """Move these customers to another area and its branch; return those that moved."""
    if area.archived_at is not None:
        raise DomainError(_("%(area)s is archived.") % {"area": area.name})
    ids = _locked(customers, act)
    moving = list(
        Customer.objects.filter(pk__in=ids).exclude(area=area).values_list("pk", flat=True)
    )
    Customer.objects.filter(pk__in=moving).update(area=area, branch=area.branch)
    _record(moving, "customer.area_changed", act, after={"area": area.name})
    return moving


@transaction.atomic
def assign_collector(
    *, customers: Iterable[int], collector: User | None, act: Act[User]
) -> list[int]:
    """Give these customers to a collector (none = nobody); return those that changed hands."""
    if collector is not None and not collector.is_console_user:
        raise DomainError(_("Only staff can collect."))
    ids = _locked(customers, act)
    moving = list(
        Customer.objects.filter(pk__in=ids)
        .exclude(collector=collector)
        .values_list("pk", flat=True)
        if collector is not None
        else Customer.objects.filter(pk__in=ids, collector__isnull=False).values_list(
            "pk", flat=True
        )
    )
    Customer.objects.filter(pk__in=moving).update(collector=collector)
    _record(
        moving,
        "customer.collector_assigned",
        act,
        after={"collector": collector.name if collector else ""},
    )
    return moving


def _locked(customers: Iterable[int], act: Act[User]) -> list[int]:
    trail.begin(act=act)
    customers = list(customers)
    account_states.lock(customers)
    return list(
        Customer.objects.select_for_update(of=("self",))
        .filter(pk__in=customers)
        .order_by("pk")
        .values_list("pk", flat=True)
    )


def _record(
    ids: list[int],
    action: str,
    act: Act[User],
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    AuditEvent.objects.bulk_create(
        [
            AuditEvent(
                at=act.at,
                actor_id=act.actor.pk,
                actor_name=act.actor.name,
                action=action,
                target_type="customer",
                target_id=str(pk),
                target_label=f"{name} ({number})"[:160],
                customer_id=pk,
                branch_id=branch_id,
                before=before,
                after=after,
                request_id=logs.request_id.get(),
            )
            for pk, name, number, branch_id in Customer.objects.filter(pk__in=ids).values_list(
                "pk", "name", "number", "branch_id"
            )
        ],
        batch_size=1000,
    )
