"""Rows change hands when two accounts become one, and return when they are taken apart."""

from contextlib import suppress
from typing import Any

from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import Max

from customers.models import Customer, Merge, Referral, Subscription
from ispbill.core import statements
from signup.merging.rules import what_moves

SERVICE, REFERRAL = "customers.Subscription", "customers.Referral"


def over(merged: Merge) -> None:
    """Give the survivor what moves, and write down what that was."""
    _settle_constraints()
    absorbed, survivor = merged.absorbed_id, merged.survivor_id
    merged.lines = _services_over(absorbed, survivor)
    services = [int(pk) for pk in merged.lines]
    for label in what_moves.WITH_SERVICE:
        _with_services(label, services, survivor)
    merged.moved = {SERVICE: services}
    for label in what_moves.BY_ROW:
        moved = _rows(label, {"customer_id": absorbed}, survivor)
        if moved:
            merged.moved[label] = moved
    merged.moved[REFERRAL] = _referrals(absorbed, survivor)
    merged.save(update_fields=["moved", "lines"])


def back(merged: Merge) -> None:
    """Return what went over; what was added to a service since goes with it."""
    _settle_constraints()
    services = [int(pk) for pk in merged.lines]
    for pk, line_no in merged.lines.items():
        _give(int(pk), merged.absorbed_id, line_no)
    for label in what_moves.WITH_SERVICE:
        _with_services(label, services, merged.absorbed_id)
    for label in what_moves.BY_ROW:
        named = {"pk__in": merged.moved.get(label, []), "customer_id": merged.survivor_id}
        _rows(label, named, merged.absorbed_id)
    for referral in Referral.objects.filter(pk__in=merged.moved.get(REFERRAL, [])):
        _bring(referral, merged.absorbed_id)


def _services_over(absorbed: int, survivor: int) -> dict[str, int]:
    """Give the survivor every service, behind its own; return which line each was before."""
    last = Subscription.objects.filter(customer=survivor).aggregate(last=Max("line_no"))["last"]
    before = {}
    rows = Subscription.objects.filter(customer=absorbed).order_by("line_no")
    for count, (pk, line_no) in enumerate(rows.values_list("pk", "line_no"), start=1):
        before[str(pk)] = line_no
        _give(pk, survivor, (last or 0) + count)
    return before


def _give(service: int, customer: int, line_no: int) -> None:
    Subscription.objects.filter(pk=service).update(customer_id=customer, line_no=line_no)


def _with_services(label: str, services: list[int], customer: int) -> None:
    model = apps.get_model(label)
    model._default_manager.filter(subscription_id__in=services).update(customer_id=customer)


def _rows(label: str, named: dict[str, Any], customer: int) -> list[int]:
    """Give rows to a customer, one by one where that one has such a row; return which went."""
    rows = apps.get_model(label)._default_manager.filter(**named)
    keys = list(rows.order_by("pk").values_list("pk", flat=True))
    with suppress(IntegrityError), transaction.atomic():
        rows.filter(pk__in=keys).update(customer_id=customer)
        return keys
    return [pk for pk in keys if _row(label, pk, customer)]


def _row(label: str, pk: int, customer: int) -> bool:
    with suppress(IntegrityError), transaction.atomic():
        apps.get_model(label)._default_manager.filter(pk=pk).update(customer_id=customer)
        return True
    return False


def _referrals(absorbed: int, survivor: int) -> list[int]:
    """Let the survivor be who brought the friends that have not been rewarded yet."""
    waiting = Referral.objects.filter(referrer=absorbed, status=Referral.Status.PENDING)
    return [one.pk for one in waiting if one.referred_id != survivor and _bring(one, survivor)]


def _bring(referral: Referral, referrer: int) -> bool:
    if not referral.is_pending:
        return False
    with suppress(IntegrityError), transaction.atomic():  # nobody is brought in a circle
        Referral.objects.filter(pk=referral.pk).update(referrer_id=referrer)
        Customer.objects.filter(pk=referral.referred_id).update(referred_by_id=referrer)
        return True
    return False


def _settle_constraints() -> None:
    """Let every reference be checked at once: a row that cannot go says so where it is tried."""
    statements.run("SET CONSTRAINTS ALL IMMEDIATE")
