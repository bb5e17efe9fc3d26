"""Invoices in the making: kept, changed and thrown away freely, until they are issued.

A draft has no number, no place in the books and nobody sees it outside the office. Issuing one is
a one-off charge like any other, with its reason and its limit; the draft then goes.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from billing.approvals.services.approvals import Outcome
from billing.invoices.models import Invoice, InvoiceLine
from billing.invoices.services import invoicing
from billing.ledger.rules.tax import document_total
from billing.ledger.services import ledger
from billing.receivables.services import corrections
from billing.receivables.services.corrections import CHARGES, Charge
from customers.models import Customer
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from ispbill.core.errors import Stale
from ispbill.core.models import Company

_WHAT: Mapping[tuple[str, int], str] = {
    (str(kind), int(account)): what for what, (kind, account) in CHARGES.items()
}


@transaction.atomic
def save(
    *,
    customer: Customer,
    lines: Sequence[Charge],
    due_date: date,
    act: Act[User],
    draft: Invoice | None = None,
) -> Invoice:
    """Keep an invoice in the making, in place of `draft` when one is given.

    Raises NothingToBill without lines, Stale when the draft is gone.
    """
    trail.begin(act=act)
    total = document_total(line.taxed for line in lines)
    if not lines or total.gross <= 0:
        raise invoicing.NothingToBill(_("There is nothing to bill."))
    ledger.open_chart()
    kept = Invoice() if draft is None else _locked(draft)
    kept.customer, kept.branch_id = customer, customer.branch_id
    kept.kind, kept.due_date = Invoice.Kind.ONE_OFF, due_date
    kept.currency, kept.language = Company.current().currency, customer.language
    kept.subtotal_amount, kept.tax_amount = total.net, total.tax
    kept.total_amount = total.gross
    kept.save()
    kept.lines.all().delete()
    InvoiceLine.objects.bulk_create(
        invoicing.line_of(kept, line) for line in corrections.new_lines(lines)
    )
    _note(kept, "draft.saved", act=act)
    return kept


@transaction.atomic
def discard(*, draft: Invoice, act: Act[User]) -> None:
    """Throw a draft away. Raises Stale when it is gone or issued."""
    trail.begin(act=act)
    kept = _locked(draft)
    _note(kept, "draft.discarded", act=act)
    kept.lines.all().delete()
    kept.delete()


@transaction.atomic
def issue(*, draft: Invoice, act: Act[User]) -> Outcome:
    """Issue what a draft says, at once or after approval; the draft goes either way.

    A due date that has passed becomes today. Raises Stale, ReasonMissing, AlreadyRequested.
    """
    kept = _locked(draft)
    outcome = corrections.charge(
        customer=kept.customer, lines=charges_of(kept), due_date=max(kept.due_date, act.on), act=act
    )
    discard(draft=kept, act=act.because(""))
    return outcome


def charges_of(draft: Invoice) -> list[Charge]:
    """Return a draft's lines as they were typed."""
    return [
        Charge(
            what=_WHAT.get((line.kind, line.account_id), "ADJUSTMENT"),
            description=line.description,
            amount=line.net_amount,
            tax_rate=line.tax_rate,
        )
        for line in draft.lines.order_by("pk")
    ]


def _locked(draft: Invoice) -> Invoice:
    kept = (
        Invoice.objects.select_for_update(of=("self",))
        .select_related("customer")
        .filter(pk=draft.pk, status=Invoice.Status.DRAFT)
        .first()
    )
    if kept is None:
        raise Stale(_("This draft is gone: somebody issued it or threw it away."))
    return kept


def _note(draft: Invoice, action: str, *, act: Act[User]) -> None:
    events.record(act=act, action=action, target=draft, after={"total": draft.total_amount})
