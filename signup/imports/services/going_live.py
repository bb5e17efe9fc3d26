"""What was taken in goes live: services run from where the other system billed them, and what was
owed or held there is booked against the opening balances. Nobody gets a first bill or a message.
"""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from billing.changes.services import service_states
from billing.invoices.models import Invoice, InvoiceLine, Schedule
from billing.invoices.rules.periods import next_billing_date
from billing.invoices.services import invoicing
from billing.invoices.services.invoicing import NewLine
from billing.ledger.rules.chart import Chart
from billing.ledger.services import account_states
from billing.pricing.models import DayException
from billing.pricing.services import day_exceptions
from billing.receivables.services import settlement
from billing.receivables.services.admission import Asked
from customers.models import Customer, Subscription, Suspension
from ispbill.accounts.models import User
from ispbill.core.acts import Act
from ispbill.core.money import ZERO, Taxed
from network.services import access
from signup.imports.models import Import, ImportRow
from signup.imports.rules import reading
from signup.imports.rules.reading import Said
from signup.imports.services import judging, steps

State, Row = Import.State, ImportRow.State


@transaction.atomic
def start(*, batch: Import, act: Act[User]) -> Import:
    """Let what was taken in go live, in the background. Raises WrongStep, ReasonMissing."""
    if batch.is_history:
        raise steps.WrongStep(_("History is only read: nothing of it goes live."))
    return steps.begin(
        batch, of=(State.DONE,), to=State.STARTING, action="gone_live", act=act, reasoned=True
    )


def go(batch: Import) -> None:
    """Let every row go live; one that cannot says why and stays as it is."""
    act = steps.of_row(batch)
    made = ImportRow.objects.filter(batch=batch, state=Row.MADE).order_by("row_no")
    keys = list(made.values_list("pk", flat=True))

    def refused(said: str) -> dict[str, object]:
        return {"problems": steps.problem(said)}

    steps.each(batch, keys, lambda pk: _start_row(batch, pk, act=act), refused=refused)
    steps.ended(batch, state=State.LIVE, live_at=act.at)


@transaction.atomic
def _start_row(batch: Import, pk: int, *, act: Act[User]) -> None:
    row = ImportRow.objects.select_for_update(of=("self",)).get(pk=pk)
    if row.state != Row.MADE or row.customer_id is None:
        return
    account_states.lock([row.customer_id])
    customer = Customer.objects.get(pk=row.customer_id)
    said = reading.read(row.cells, judging.way_of(batch))
    if _is_first(row):
        _open_balance(row, customer, said.balance, act=act)
    if row.subscription_id is not None and said.status != "PENDING":
        _start_service(row, said, act=act)
    account_states.refresh([customer.pk])
    row.state = Row.LIVE
    row.save(update_fields=["state", "invoice", "payment"])


def _is_first(row: ImportRow) -> bool:
    """Tell whether it is the row its customer came with: the balance is opened once."""
    others = ImportRow.objects.filter(
        system=row.system, kind=row.kind, source_id=row.source_id, state__in=[Row.MADE, Row.LIVE]
    )
    return not others.filter(pk__lt=row.pk).exists()


def _open_balance(row: ImportRow, customer: Customer, owed: Decimal, *, act: Act[User]) -> None:
    if owed > ZERO:
        with translation.override(customer.language):
            words = _("Balance from the former system")
        line = NewLine(
            kind=InvoiceLine.Kind.ADJUSTMENT,
            description=words,
            amount=Taxed(owed, ZERO),
            tax_rate=ZERO,
            account=int(Chart.OPENING_BALANCE),
        )
        row.invoice = invoicing.issue(
            customer=customer,
            lines=[line],
            kind=Invoice.Kind.ADJUSTMENT,
            due_date=act.on,
            on=act.on,
            act=act,
        )
    elif owed < ZERO:
        asked = Asked(
            customer_id=customer.pk,
            amount=-owed,
            method="ADJUSTMENT",
            received_by=None,
            received_at=act.at,
            key=f"import:{row.pk}",
            act=act,
            note="credit from the former system",
            is_repeat_confirmed=True,
            is_told=False,
            account_no=int(Chart.OPENING_BALANCE),
        )
        row.payment = settlement.settle(asked).payment


def _start_service(row: ImportRow, said: Said, *, act: Act[User]) -> None:
    service = Subscription.objects.get(pk=row.subscription_id or 0)
    began = min(said.activated_on or said.customer_since or act.on, act.on)
    until = _billed_until(said, service, act)
    access.activate(subscription=service, on=began, act=act)
    Schedule.objects.get_or_create(
        subscription=service, defaults={"customer_id": service.customer_id, "billed_until": until}
    )
    if began < until:  # those days were the former system's to bill
        day_exceptions.note(
            subscription=service, kind=DayException.Kind.FREE, days=[(began, until)], act=act
        )
    if said.status == "SUSPENDED":
        owes = row.invoice_id is not None
        kind = Suspension.Kind.NON_PAYMENT if owes else Suspension.Kind.OTHER
        access.suspend(
            subscription=service,
            kind=kind,
            is_billed=service_states.bills_by_default(kind),
            decision={"imported": row.batch_id},
            on=act.on,
            act=act,
        )


def _billed_until(said: Said, service: Subscription, act: Act[User]) -> date:
    """Return where billing begins: where the row says, else at the next billing day."""
    return said.next_billing_date or next_billing_date(act.on, service.billing_day)
