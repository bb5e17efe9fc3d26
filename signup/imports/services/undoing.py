"""A whole import is taken back, within thirty days: what nobody has touched since goes.

Balances are booked back, services end, accounts are archived with their numbers. What was paid,
billed, asked about or changed since stays, and says why.
"""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from billing.allocation.models import Payment
from billing.invoices.models import Invoice
from billing.receivables.services import reversal, voiding
from customers.models import Customer, CustomerLogin, Lead
from customers.services import archiving, leads
from ispbill.accounts.models import User
from ispbill.audit.models import AuditEvent
from ispbill.core.acts import Act
from ispbill.core.errors import Stale
from network.services import access
from signup.imports.models import Import, ImportRow
from signup.imports.services import steps
from signup.legacy.models import LegacyRecord
from tickets.models import Ticket

State, Row = Import.State, ImportRow.State
WITHIN = timedelta(days=30)


class TooLate(Stale):
    """An import is taken back within thirty days."""


@transaction.atomic
def start(*, batch: Import, act: Act[User]) -> Import:
    """Take an import back, in the background. Raises TooLate, WrongStep, ReasonMissing."""
    if batch.done_at is not None and act.at > batch.done_at + WITHIN:
        raise TooLate(_("An import can be taken back for thirty days."))
    return steps.begin(
        batch,
        of=(State.DONE, State.LIVE),
        to=State.UNDOING,
        action="undone",
        act=act,
        reasoned=True,
    )


def undo(batch: Import) -> None:
    """Take back every row nobody has touched; the others say why they stay."""
    act = steps.of_row(batch)
    standing = ImportRow.objects.filter(batch=batch, state__in=[Row.MADE, Row.LIVE])
    # The last row of a customer first: the first one archives the account.
    keys = list(standing.order_by("-row_no").values_list("pk", flat=True))

    def refused(said: str) -> dict[str, object]:
        return {"kept_why": said[:200]}

    steps.each(batch, keys, lambda pk: _take_back(pk, act=act), refused=refused)
    steps.ended(batch, state=State.UNDONE, undone_at=act.at)


@transaction.atomic
def _take_back(pk: int, *, act: Act[User]) -> None:
    row = ImportRow.objects.select_for_update(of=("self",)).get(pk=pk)
    if row.state not in (Row.MADE, Row.LIVE):
        return
    if row.lead is not None or row.record is not None:
        _forget(row, act=act)
        return
    if row.customer is None:
        return
    why = _touched(row, row.customer)
    if why:
        row.kept_why = why
        row.save(update_fields=["kept_why"])
        return
    if row.subscription is not None:
        access.cancel(subscription=row.subscription, on=act.on, act=act)
    if row.invoice is not None:
        voiding.void(invoice=row.invoice, act=act)
    if row.payment is not None:
        reversal.reverse(payment=row.payment, act=act, is_told=False)
    others = ImportRow.objects.filter(customer=row.customer, state__in=[Row.MADE, Row.LIVE])
    if not others.exclude(pk=row.pk).exists():
        archiving.archive(customer=row.customer, act=act)
    row.state = Row.UNDONE
    row.save(update_fields=["state"])


def _forget(row: ImportRow, *, act: Act[User]) -> None:
    """Take back a lead nobody has worked on, or history nobody has made a customer of."""
    if row.lead is not None:
        if row.lead.stage != Lead.Stage.NEW:
            row.kept_why = str(_("is worked on"))
            row.save(update_fields=["kept_why"])
            return
        why = str(_("The import was undone"))
        leads.move(lead=row.lead, stage=Lead.Stage.LOST, lost_reason=why, act=act)
    if row.record is not None:
        if row.record.matched_by in (LegacyRecord.Match.HAND, LegacyRecord.Match.CREATED):
            row.kept_why = str(_("was given to a customer by hand"))
            row.save(update_fields=["kept_why"])
            return
        row.record.delete()
        row.record = None
    row.state = Row.UNDONE
    row.save(update_fields=["state", "record"])


def _touched(row: ImportRow, customer: Customer) -> str:
    """Return what has happened to a customer since, "" for nothing."""
    ours = ImportRow.objects.filter(customer=customer)
    invoices = Invoice.objects.filter(customer=customer).exclude(
        pk__in=ours.exclude(invoice=None).values("invoice")
    )
    payments = Payment.objects.filter(customer=customer).exclude(
        pk__in=ours.exclude(payment=None).values("payment")
    )
    edited = AuditEvent.objects.filter(
        customer_id=customer.pk, action="customer.edited", at__gt=row.made_at
    )
    checks = (
        (payments, _("has paid since")),
        (invoices, _("was billed since")),
        (Ticket.objects.filter(customer=customer), _("has a ticket")),
        (CustomerLogin.objects.filter(customer=customer), _("may sign in")),
        (edited, _("was changed by hand")),
    )
    return next((str(why) for rows, why in checks if rows.exists()), "")
