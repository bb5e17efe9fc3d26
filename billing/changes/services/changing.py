"""Carry out a package change: money, service, line and message, all in the caller's transaction."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from psycopg.types.range import DateRange

from billing.changes.queries.quotes import Made
from billing.changes.services import notices
from billing.invoices.models import Invoice, InvoiceLine, Schedule
from billing.invoices.queries.billed_lines import Held
from billing.invoices.rules import credit_words
from billing.invoices.rules.credit_words import Cause
from billing.invoices.rules.giving_back import Back
from billing.invoices.rules.periods import Cycle, Period
from billing.invoices.services import invoicing
from billing.invoices.services.invoicing import NewLine
from billing.ledger.rules.chart import Chart
from billing.ledger.services import account_states
from billing.pricing.models import DayException, PackageChange, PriceStep
from billing.pricing.queries import tariffs
from billing.pricing.services import day_exceptions
from billing.receivables.services import crediting, spending
from billing.receivables.services.crediting import Given
from customers.models import Package, Subscription
from customers.services import terms
from ispbill.core.acts import Act
from ispbill.core.models import Company
from ispbill.core.money import Taxed
from network.models import Access
from network.services import access
from network.services.lines import profile_of


def carry_out(change: PackageChange, made: Made, *, act: Act) -> PackageChange:
    """Apply a change whose quote has just been proved; the customer's account is locked.

    Old days are given back by credit notes and let go, the new package is billed for them, the
    service and its line get the new speed. The invoice is due at once, and what was given back
    pays it, so that the customer sees one total.
    """
    service = Subscription.objects.select_related("customer", "package").get(
        pk=change.subscription_id
    )
    cause = credit_words.package_changed(
        was=made.quote["from"], becomes=made.quote["to"], on=made.effective_on
    )
    notes = give_back(made.backs, on=act.on, act=act, cause=cause)
    let_go(made.backs)
    invoice = _bill(service, change, made, act=act)
    Schedule.objects.filter(subscription=service, billed_until__lt=made.effective_on).update(
        billed_until=made.effective_on
    )
    switch(change, service, act=act)
    change.status, change.applied_at = PackageChange.Status.APPLIED, act.at
    change.invoice, change.credit_notes = invoice, notes
    change.save()
    account_states.refresh([change.customer_id])
    if invoice is not None:
        spending.spend(customer_id=change.customer_id, act=act.because(""))
    notices.package_change(event="package_changed", change=change, at=act.at)
    return change


def switch(change: PackageChange, service: Subscription, *, act: Act) -> None:
    """Give the service its new package and its line the new speed (queued after the commit)."""
    # Steps of the old package's price are none of the new one's.
    PriceStep.objects.filter(subscription=service, applied_on__isnull=True).delete()
    service = terms.change_package(
        subscription=service,
        package=change.package_to,
        price_amount=change.price_amount,
        gross_amount=change.gross_amount,
        act=act,
    )
    line = Access.objects.filter(subscription=service).first()
    if line is not None and line.desired_state != Access.State.REMOVED:
        access.change_profile(line=line, profile=profile_of(service), act=act)


def give_back(
    backs: Sequence[tuple[Held, Back]], *, on: date, act: Act, cause: Cause, is_told: bool = False
) -> list[str]:
    """Credit days of billed lines, one note an invoice; return the notes' numbers.

    Unless `is_told`, the caller tells the customer what happened.
    """
    by_invoice: dict[int, tuple[Invoice, list[Given]]] = {}
    for held, back in backs:
        if not back.amount.net and not back.amount.tax:
            continue
        _invoice, given = by_invoice.setdefault(held.line.invoice_id, (held.line.invoice, []))
        given.append(
            Given(
                line=held.line,
                net=back.amount.net,
                tax=back.amount.tax,
                explanation=back.explanation,
                days=(back.days.start, back.days.end),
            )
        )
    return [
        crediting.credit(
            invoice=invoice, given=given, on=on, act=act, is_told=is_told, cause=cause
        ).number
        for invoice, given in by_invoice.values()
    ]


def let_go(backs: Sequence[tuple[Held, Back]]) -> None:
    """Narrow what lines hold to the days before those given back; those can be billed anew."""
    for held, back in backs:
        own = held.line.span if held.line.held_span is None else held.line.held_span
        left = DateRange(own.lower, back.days.start)
        if own.lower >= back.days.start:
            left = DateRange(empty=True)
        InvoiceLine.objects.filter(pk=held.line.pk).update(held_span=left)


def _bill(service: Subscription, change: PackageChange, made: Made, *, act: Act) -> Invoice | None:
    lines = [
        new_line(
            service,
            service.package if is_old else change.package_to,
            line.explanation,
            amount=line.amount,
            unit=line.unit,
            discount=line.discount,
            rate=line.tax_rate,
        )
        for line, is_old in made.charges
    ]
    if sum((line.amount for line in lines), start=Taxed.nothing()).gross <= 0:
        day_exceptions.note(
            subscription=service,
            kind=DayException.Kind.FREE,
            days=[line.days for line in lines if line.days],
            act=act.because(""),
        )
        return None
    return invoicing.issue(
        customer=service.customer,
        lines=lines,
        kind=Invoice.Kind.CHANGE,
        due_date=act.on,
        on=act.on,
        act=act,
    )


def new_line(
    service: Subscription, package: Package, explanation: dict[str, Any], **amounts: Any
) -> NewLine:
    """Return a line that covers days of a service, as its explanation says."""
    days = (date.fromisoformat(explanation["start"]), date.fromisoformat(explanation["end"]))
    stated = explanation["period"]
    period = Period(date.fromisoformat(stated["start"]), date.fromisoformat(stated["end"]))
    return NewLine(
        kind="RECURRING"
        if explanation["whole"] and days == (period.start, period.end)
        else "PRORATA",
        description=tariffs.local_name(service, package.name, package.local_name),
        amount=amounts["amount"],
        tax_rate=amounts["rate"],
        account=revenue_account(Cycle.of(period)),
        subscription=service,
        days=days,
        explanation=explanation,
        unit=amounts["unit"],
        discount=amounts["discount"],
    )


def revenue_account(cycle: Cycle) -> int:
    """Return the account days of a cycle are booked to: long periods are earned day by day."""
    if cycle is not Cycle.MONTHLY and Company.current().defers_revenue:
        return int(Chart.DEFERRED_REVENUE)
    return int(Chart.INTERNET_REVENUE)
