"""Rows that are ready become customers with pending services: no bill, no message, no router.

A row whose making is refused says why and stands for itself; the next one goes on.
"""

from decimal import Decimal

from django.db import transaction

from customers.models import Customer, Subscription
from customers.services import leads, registration, subscriptions
from customers.services.leads import Interest
from customers.services.profile import Details
from customers.services.subscriptions import Line
from ispbill.accounts.models import User
from ispbill.core.acts import Act
from signup.imports.models import Import, ImportRow
from signup.imports.queries import known as knowing
from signup.imports.queries.known import Known
from signup.imports.rules.fields import SYSTEMS
from signup.imports.rules.reading import Said
from signup.imports.services import history, judging, steps
from signup.imports.services.judging import Judged

State, Row = Import.State, ImportRow.State


@transaction.atomic
def start(*, batch: Import, act: Act[User]) -> Import:
    """Take in what was checked, in the background. Raises WrongStep, ReasonMissing."""
    return steps.begin(
        batch, of=(State.CHECKED,), to=State.RUNNING, action="run", act=act, reasoned=True
    )


def run(batch: Import) -> None:
    """Take in every row that is ready."""
    act = steps.of_row(batch)
    ready = ImportRow.objects.filter(batch=batch, state=Row.READY).order_by("row_no")
    keys = list(ready.values_list("pk", flat=True))
    known = knowing.of(batch)

    def refused(said: str) -> dict[str, object]:
        return {"state": Row.REFUSED, "problems": steps.problem(said)}

    def make(pk: int) -> None:
        if batch.is_history:
            history.make(batch, pk, known, act=act)
        else:
            _make(batch, pk, known, act=act)

    steps.each(batch, keys, make, refused=refused)
    Import.objects.filter(pk=batch.pk).update(content=b"")  # its rows are kept
    steps.ended(batch, state=State.DONE, done_at=act.at)


@transaction.atomic
def _make(batch: Import, pk: int, known: Known, *, act: Act[User]) -> None:
    row = ImportRow.objects.select_for_update(of=("self",)).get(pk=pk)
    if row.state != Row.READY:
        return
    [judged] = judging.judge(batch, [row.cells], known)
    if judged.state != Row.READY:  # an area was archived, or another import was faster
        row.state, row.problems = judged.state, judged.kept_problems
        row.save(update_fields=["state", "problems"])
        return
    if judged.is_lead:
        _lead(row, judged, act=act)
        return
    customer = _customer(row, judged, act=act)
    row.customer = customer
    package = judging.package_of(judged)
    if package is not None:
        said = judged.said
        is_prepaid = SYSTEMS[batch.system].is_prepaid
        service = subscriptions.add(
            customer=customer,
            package=package,
            billing_day=_billing_day(said),
            mode=Subscription.Mode.PREPAID if is_prepaid else Subscription.Mode.POSTPAID,
            line=Line(connection_id=said.connection_id),
            act=act,
        )
        if said.price is not None:
            _keep_price(service, said.price)
        row.subscription = service
    _made(row, batch, act=act)


def _made(row: ImportRow, batch: Import, *, act: Act[User]) -> None:
    """Say that a row is taken in; the national id it came with is in the customer's own row."""
    place = batch.mapping.get("national_id")
    if place is not None and place < len(row.cells):
        row.cells[place] = ""
    row.state, row.made_at = Row.MADE, act.at
    row.save(update_fields=["state", "made_at", "customer", "subscription", "lead", "cells"])


def _lead(row: ImportRow, judged: Judged, *, act: Act[User]) -> None:
    """Write somebody down who may become a customer."""
    said, area = judged.said, judging.area_of(judged)
    interest = Interest(
        name=said.name,
        phone=said.phone,
        branch=area.branch,
        email=said.email,
        address=said.address,
        area=area,
        source=row.batch.get_system_display(),
        notes=said.notes,
    )
    row.lead = leads.add(interest=interest, act=act)
    _made(row, row.batch, act=act)


def _customer(row: ImportRow, judged: Judged, *, act: Act[User]) -> Customer:
    """Return the customer of an earlier row, or register the one this row names."""
    standing = ImportRow.objects.filter(
        system=row.system, kind=row.kind, source_id=row.source_id, state__in=[Row.MADE, Row.LIVE]
    )
    known = standing.select_related("customer").order_by("pk").first()
    if known is not None and known.customer is not None:
        return known.customer
    said, area = judged.said, judging.area_of(judged)
    details = Details(
        name=said.name,
        phone=said.phone,
        area=area,
        address=said.address or area.name,
        alternate_phone=said.alternate_phone if judging.normal(said.alternate_phone) else "",
        email=said.email,
        national_id=said.national_id or None,
        notes=said.notes,
        tags=("imported",),
        preferred_billing_day=_billing_day(said) or 1,
        wants_marketing=False,
    )
    return registration.register(details=details, customer_since=said.customer_since, act=act)


def _billing_day(said: Said) -> int | None:
    if said.billing_day is not None:
        return said.billing_day
    return said.next_billing_date.day if said.next_billing_date else None


def _keep_price(service: Subscription, price: Decimal) -> None:
    """Let a service keep what was paid there; it is a net price from now on."""
    service.price_amount, service.gross_amount = price, None
    service.save(update_fields=["price_amount", "gross_amount"])
