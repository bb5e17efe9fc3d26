"""Put a service into use: its line, its billing position and its first bill, in one transaction."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from billing.changes.services import first_bills
from billing.invoices.models import Invoice, Schedule
from billing.invoices.rules.periods import (
    Cycle,
    Period,
    is_billing_date,
    next_billing_date,
    period_containing,
)
from billing.invoices.services import invoicing
from billing.invoices.services.invoicing import NewLine
from billing.ledger.rules.chart import Chart
from billing.ledger.rules.tax import document_total, tax_line
from billing.ledger.services import account_states
from billing.prepaid.services import prepaid_run
from billing.pricing.models import DayException
from billing.pricing.queries import tariffs
from billing.pricing.services import day_exceptions
from customers.models import Subscription
from ispbill.audit.services import trail
from ispbill.core.acts import Act
from ispbill.core.models import Company
from ispbill.core.money import Taxed
from network.services import access


@dataclass(frozen=True)
class FirstBill:
    """What activation on a day would bill: the lines, the total, and when the next bill starts."""

    lines: list[NewLine]
    total: Taxed
    period: Period


def first_bill(*, subscription: Subscription, on: date) -> FirstBill:
    """Work out the first bill of a service activated on the company date `on`; writes nothing."""
    company = Company.current()
    day, cycle = subscription.billing_day, Cycle(subscription.cycle.lower())
    whole = is_billing_date(on, day)
    anchor = on if whole else next_billing_date(on, day)
    end = period_containing(on, day, cycle, anchor).end if whole else anchor
    rate = tariffs.tax_rate(subscription.package.tax_class_id, on)
    if subscription.customer.is_tax_exempt:
        rate = Decimal(0)
    lines = []
    installation, router = subscription.installation_fee, subscription.router_fee
    for kind, fee, account, text in (
        ("INSTALLATION", installation, Chart.INSTALLATION_REVENUE, _("Installation")),
        ("EQUIPMENT", router, Chart.EQUIPMENT_REVENUE, _("Router")),
    ):
        if fee:
            lines.append(NewLine(kind, text, tax_line(fee, rate), rate, int(account), subscription))
    is_prepaid = subscription.mode == Subscription.Mode.PREPAID
    if company.first_bill == Company.FirstBill.ON_ACTIVATION and not is_prepaid:
        priced = tariffs.stretch(subscription, start=on, end=end, issued_on=on, anchor=anchor)
        lines += [line_of(one, subscription) for one in priced]
    return FirstBill(lines, document_total(line.amount for line in lines), Period(on, end))


@transaction.atomic
def activate(*, subscription: Subscription, on: date, act: Act) -> Invoice | None:
    """Activate a pending service from company date `on`; return its first invoice, if any.

    Twice is once: an active service is left as it is. Raises ImpossibleMove, ReasonMissing, and
    what a partner who pays for the customer raises when it cannot.
    """
    act = trail.begin_with_reason(act=act)
    account_states.lock([subscription.customer_id])
    access.activate(subscription=subscription, on=on, act=act)
    with_package = Subscription.objects.select_related("customer", "package")
    subscription = with_package.get(pk=subscription.pk)
    is_prepaid = subscription.mode == Subscription.Mode.PREPAID
    waits = is_prepaid or Company.current().first_bill == Company.FirstBill.WITH_NEXT_RUN
    bill = first_bill(subscription=subscription, on=on)
    _schedule, is_new = Schedule.objects.get_or_create(
        subscription=subscription,
        defaults={
            "customer_id": subscription.customer_id,
            "billed_until": on if waits else bill.period.end,
        },
    )
    if not is_new:
        return None
    invoice = None
    if bill.total.gross > 0:
        invoice = invoicing.issue(
            customer=subscription.customer,
            lines=bill.lines,
            kind=Invoice.Kind.FIRST,
            due_date=on,
            on=on,
            act=act,
        )
    elif not waits:
        day_exceptions.note(
            subscription=subscription,
            kind=DayException.Kind.FREE,
            days=[(bill.period.start, bill.period.end)],
            act=act.because(""),
        )
    account_states.refresh([subscription.customer_id])
    first_bills.pay(subscription=subscription, amount=bill.total.gross, act=act.because(""))
    if is_prepaid:  # its first period is paid from credit like every other, or it waits for it
        prepaid_run.attend(customer_id=subscription.customer_id, act=act.because(""))
    return invoice


def line_of(priced: tariffs.Priced, subscription: Subscription) -> NewLine:
    """Return the line of a bill for days priced by `tariffs`."""
    return NewLine(
        kind=priced.kind,
        description=priced.description,
        amount=priced.charge.amount,
        tax_rate=priced.charge.tax_rate,
        account=priced.account,
        subscription=subscription,
        days=(priced.start, priced.end),
        explanation=priced.charge.explanation,
        item=priced.item,
        unit=priced.charge.unit,
        discount=priced.charge.discount,
    )
