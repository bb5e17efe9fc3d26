"""What a confirmed transfer does: the wallet's move, its entry in the books, the trail.

Called by `transfers` with the wallet locked and the decision taken.
"""

from collections.abc import Mapping
from decimal import Decimal

from billing.allocation.rules.accounts import ACCOUNT_OF
from billing.ledger.rules.chart import Chart
from billing.ledger.services import ledger
from billing.ledger.services.ledger import Line
from billing.tills.services import tills
from ispbill.accounts.models import User
from ispbill.audit.services import events
from ispbill.core import jobs
from ispbill.core.acts import Act
from resellers.models import Transfer, WalletMove
from resellers.services import wallets

Kind = Transfer.Kind
Pocket = WalletMove.Pocket
# The pocket it moves, the kind of move, its sign, and the account of the books opposite.
_MOVES: Mapping[str, tuple[str, str, int, Chart]] = {
    Kind.TOPUP: (Pocket.WALLET, WalletMove.Kind.TOPUP, 1, Chart.RESELLER_WALLETS),
    Kind.REFUND: (Pocket.WALLET, WalletMove.Kind.REFUND, -1, Chart.RESELLER_WALLETS),
    Kind.REMITTANCE: (Pocket.HELD, WalletMove.Kind.REMITTED, -1, Chart.HELD_BY_RESELLERS),
}


def credit(transfer: Transfer, *, act: Act[User | None]) -> Transfer:
    """Confirm a transfer; after a top-up the wallet is tried again for what waited for it."""
    transfer.status, transfer.decided_by = Transfer.Status.CONFIRMED, act.actor
    transfer.decided_at, transfer.decided_on = act.at, act.on
    transfer.save(update_fields=["status", "account_no", "decided_by", "decided_at", "decided_on"])
    pocket, kind, sign, account = _MOVES[transfer.kind]
    _move(transfer, pocket, kind, sign * transfer.amount, act=act)
    coming = -transfer.amount if transfer.kind == Kind.REFUND else transfer.amount
    _book(transfer, coming, account, "PARTNER_TRANSFER", act=act)
    note(transfer, "reseller.transfer_confirmed", act=act)
    if transfer.kind == Kind.TOPUP:
        jobs.after_commit("resellers.renew_of", reseller_id=transfer.reseller_id)
    return transfer


def take_back(transfer: Transfer, *, act: Act) -> Transfer:
    """Undo what a transfer that came in did; it says already that it is taken back."""
    pocket, _kind, sign, account = _MOVES[transfer.kind]
    _move(transfer, pocket, WalletMove.Kind.BACK, -sign * transfer.amount, act=act)
    _book(transfer, -transfer.amount, account, "TRANSFER_BACK", act=act)
    note(transfer, "reseller.transfer_taken_back", act=act)
    return transfer


def _move(transfer: Transfer, pocket: str, kind: str, amount: Decimal, *, act: Act) -> None:
    wallets.move(
        reseller=transfer.reseller,
        pocket=pocket,
        kind=kind,
        amount=amount,
        transfer=transfer,
        act=act,
    )


def _book(transfer: Transfer, coming: Decimal, account: Chart, kind: str, *, act: Act) -> None:
    """Post the entry: money in the house's hands against the wallet or what was held."""
    branch_id = transfer.reseller.branch_id
    day = tills.day_of(
        method=transfer.method,
        amount=coming,
        person=act.actor,
        branch_id=branch_id,
        on=act.on,
        at=act.at,
    )
    landed = transfer.account_no or ACCOUNT_OF[transfer.method]
    ledger.open_chart()
    ledger.post(
        ledger.Fact(
            kind=kind,
            source_type="partner_transfer",
            source_id=transfer.pk,
            lines=[Line(landed, coming), Line(account, -coming)],
            posted_on=day,
            branch_id=branch_id,
            customer_id=None,
            memo=" ".join(filter(None, [transfer.number, transfer.method, transfer.reference])),
        ),
        act=act,
    )


def note(transfer: Transfer, action: str, *, act: Act) -> None:
    """Append what happened to a transfer to the trail."""
    events.record(
        act=act,
        action=action,
        target=transfer,
        branch_id=transfer.reseller.branch_id,
        after={
            "kind": transfer.kind,
            "amount": transfer.amount,
            "method": transfer.method,
            "reference": transfer.reference,
            "reseller": transfer.reseller_id,
        },
    )
