"""What NetCash transfers to our bank: a payout like that of any other provider.

The statement's own lines say what it is made of, so no file has to be brought. Bank ← account
1033; the bank statement's line is matched with the payout as with the others.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from billing.ledger.rules.chart import Chart
from billing.ledger.services import ledger
from billing.ledger.services.ledger import Line
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from payments.bank.models import BankAccount, SettlementImport, SettlementLine
from payments.bank.services.payouts import BOOKED, SOURCE
from payments.debits.models import DebitSettings, DebitStatementLine

Outcome = DebitStatementLine.Outcome
PROVIDER = SettlementImport.Provider.NETCASH


class NotBookable(DomainError):
    """A person has to look first."""


@transaction.atomic
def book(*, line: DebitStatementLine, at: datetime) -> str:
    """Book a transfer to our bank once; return the line's outcome then.

    Raises NotBookable when there is no bank account it could have gone to, when money came back
    from the bank, and when more was paid out than the statement's lines explain.
    """
    act = Act(None, at)
    trail.begin(act=act.because("paid out by NetCash"))
    # Lock.
    line = DebitStatementLine.objects.select_for_update().get(pk=line.pk)
    if line.outcome not in (Outcome.NEW, Outcome.HELD):
        return line.outcome
    # Decide.
    amount = -line.effect_amount
    if amount < 0:
        raise NotBookable(_("A transfer to our bank came back."))
    account = _bank_account()
    explained = _not_paid_out_before(line)
    left = amount - sum((one.effect_amount for one in explained), Decimal(0))
    if left > 0:
        raise NotBookable(_("More was paid out than the lines up to that day explain."))
    # Change.
    payout = _write(line, account, amount, at=at)
    SettlementLine.objects.bulk_create(_lines(payout, line, explained, left))
    _post(payout, account, act=act)
    line.outcome, line.payout, line.note = Outcome.PAID_OUT, payout, ""
    line.save(update_fields=["outcome", "payout", "note"])
    # Trail.
    events.record(
        act=act,
        action="payout.booked",
        target=payout,
        branch_id=account.branch_id,
        after={"net": str(amount), "fee": "0"},
    )
    return line.outcome


def _write(
    line: DebitStatementLine, account: BankAccount, amount: Decimal, *, at: datetime
) -> SettlementImport:
    return SettlementImport.objects.create(
        provider=PROVIDER,
        bank_account=account,
        reference=line.transaction_id,
        paid_on=line.statement_date,
        file_name=_("NetCash statement"),
        file_hash=_name(line),
        state=SettlementImport.State.BOOKED,
        gross_amount=amount,
        net_amount=amount,
        uploaded_at=at,
        booked_at=at,
    )


def _post(payout: SettlementImport, account: BankAccount, *, act: Act) -> None:
    amount = payout.net_amount
    ledger.open_chart()
    ledger.post(
        ledger.Fact(
            kind=BOOKED,
            source_type=SOURCE,
            source_id=payout.pk,
            lines=[Line(account.account_id, amount), Line(Chart.NETCASH_CLEARING, -amount)],
            posted_on=payout.paid_on,
            branch_id=account.branch_id,
            customer_id=None,
            memo=f"NetCash {payout.reference}",
        ),
        act=act,
    )


def _bank_account() -> BankAccount:
    """Return the account NetCash pays out to: the chosen one, else the only one there is."""
    chosen = DebitSettings.current().bank_account
    if chosen is not None:
        return chosen
    ours = BankAccount.objects.filter(archived_at=None, method=BankAccount.Method.EFT)
    found = list(ours.select_for_update(no_key=True).order_by("pk")[:2])
    if len(found) != 1:
        raise NotBookable(_("Choose in the settings which bank account NetCash pays out to."))
    return found[0]


def _not_paid_out_before(line: DebitStatementLine) -> list[DebitStatementLine]:
    """Return the collected and the returned debits up to a day that no payout contains."""
    moved = DebitStatementLine.objects.filter(
        statement_date__lte=line.statement_date, order__payment__isnull=False
    )
    lines = SettlementLine.objects.filter(provider=PROVIDER, payment__isnull=False)
    collected = moved.filter(outcome=Outcome.SETTLED).exclude(
        order__payment__in=lines.filter(is_chargeback=False).values("payment")
    )
    returned = moved.filter(outcome=Outcome.RETURNED, effect_amount__lt=0).exclude(
        order__payment__in=lines.filter(is_chargeback=True).values("payment")
    )
    rows = (collected | returned).select_related("order").order_by("statement_date", "pk")
    return list(rows)


def _lines(
    payout: SettlementImport,
    line: DebitStatementLine,
    explained: Sequence[DebitStatementLine],
    left: Decimal,
) -> list[SettlementLine]:
    """Return what a payout is made of; one line stands for fees and what was left with NetCash."""
    rows = [
        SettlementLine(
            settlement=payout,
            provider=PROVIDER,
            row_no=number,
            transaction_id=_name(one),
            happened_on=one.statement_date,
            gross_amount=one.effect_amount,
            fee_amount=Decimal(0),
            net_amount=one.effect_amount,
            is_chargeback=one.effect_amount < 0,
            state=SettlementLine.State.KNOWN,
            payment_id=one.order.payment_id if one.order is not None else None,
        )
        for number, one in enumerate(explained, start=1)
    ]
    if left:
        rows.append(
            SettlementLine(
                settlement=payout,
                provider=PROVIDER,
                row_no=len(rows) + 1,
                transaction_id=_name(line),
                happened_on=line.statement_date,
                gross_amount=left,
                fee_amount=Decimal(0),
                net_amount=left,
                is_chargeback=True,
                state=SettlementLine.State.UNKNOWN,
            )
        )
    return rows


def _name(line: DebitStatementLine) -> str:
    """Return what names a line of the statement among all of them."""
    return f"{line.statement_date:%Y%m%d}-{line.code}-{line.transaction_id}"[:64]
