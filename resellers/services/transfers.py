"""Money between a reseller and the house: sent by one, confirmed by the other."""

from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from billing.allocation.rules.accounts import ACCOUNT_OF
from billing.ledger.rules.chart import Chart
from billing.ledger.services import ledger
from billing.ledger.services.ledger import Line
from billing.tills.services import tills
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core import formats
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError, Stale
from ispbill.core.services import numbering
from resellers.models import Reseller, Transfer, Wallet, WalletMove
from resellers.services import wallets

Kind = Transfer.Kind
Status = Transfer.Status
SERIES: Mapping[str, str] = {Kind.TOPUP: "TU", Kind.REMITTANCE: "RM", Kind.REFUND: "WR"}
# What a confirmed transfer moves: the pocket, the kind of move, its sign, the account opposite.
_MOVES: Mapping[str, tuple[str, str, int, Chart]] = {
    Kind.TOPUP: (WalletMove.Pocket.WALLET, WalletMove.Kind.TOPUP, 1, Chart.RESELLER_WALLETS),
    Kind.REFUND: (WalletMove.Pocket.WALLET, WalletMove.Kind.REFUND, -1, Chart.RESELLER_WALLETS),
    Kind.REMITTANCE: (
        WalletMove.Pocket.HELD,
        WalletMove.Kind.REMITTED,
        -1,
        Chart.HELD_BY_RESELLERS,
    ),
}


class TransferRefused(DomainError):
    """It does not suit the reseller, or is more than there is."""


class OwnTransfer(DomainError):
    """Who prepared a refund does not confirm it."""


class TransferDecided(Stale):
    """The transfer was decided about before."""


@transaction.atomic
def send(
    *,
    reseller: Reseller,
    kind: str,
    amount: Decimal,
    method: str,
    reference: str,
    key: str,
    act: Act[User],
) -> Transfer:
    """Write down money that is on its way; nothing moves before it is confirmed.

    The same key again returns the first. Raises TransferRefused.
    """
    trail.begin(act=act)
    earlier = Transfer.objects.filter(key=key).first()
    if earlier is not None:
        return earlier
    wallet = wallets.lock(reseller)
    _refuse(reseller, wallet, kind, amount)
    series = SERIES[kind]
    number = numbering.take(series=series, year=act.on.year)
    made = Transfer.objects.create(
        number=numbering.written(series=series, year=act.on.year, number=number),
        kind=Kind(kind),
        reseller=reseller,
        amount=amount,
        method=Transfer.Method(method),
        reference=reference.strip()[:80],
        key=key,
        sent_by=act.actor,
        sent_at=act.at,
    )
    _note(made, "reseller.transfer_sent", act=act)
    return made


@transaction.atomic
def confirm(*, transfer: Transfer, act: Act[User]) -> Transfer:
    """Book money that has arrived (or was paid out), and move the wallet with it.

    Raises TransferDecided, OwnTransfer (a refund wants a second person), TransferRefused.
    """
    trail.begin(act=act)
    # Lock.
    transfer = _locked(transfer)
    wallet = wallets.lock(transfer.reseller)
    # Decide.
    if transfer.kind == Kind.REFUND and transfer.sent_by_id == act.actor.pk:
        raise OwnTransfer(_("You prepared this refund; somebody else has to confirm it."))
    _refuse_too_much(transfer.kind, wallet, transfer.amount)
    # Change.
    transfer.status, transfer.decided_by = Status.CONFIRMED, act.actor
    transfer.decided_at, transfer.decided_on = act.at, act.on
    transfer.save(update_fields=["status", "decided_by", "decided_at", "decided_on"])
    pocket, kind, sign, account = _MOVES[transfer.kind]
    wallets.move(
        reseller=transfer.reseller,
        pocket=pocket,
        kind=kind,
        amount=sign * transfer.amount,
        transfer=transfer,
        act=act,
    )
    _book(transfer, account, act=act)
    # Trail.
    _note(transfer, "reseller.transfer_confirmed", act=act)
    return transfer


@transaction.atomic
def reject(*, transfer: Transfer, act: Act[User]) -> Transfer:
    """Say that the money did not arrive, with the reason. Raises TransferDecided, ReasonMissing."""
    act = act.because(trail.required_reason(act.reason))
    trail.begin(act=act)
    transfer = _locked(transfer)
    transfer.status, transfer.decided_by = Status.REJECTED, act.actor
    transfer.decided_at, transfer.decided_on = act.at, act.on
    transfer.rejection_reason = act.reason[:200]
    transfer.save(
        update_fields=["status", "decided_by", "decided_at", "decided_on", "rejection_reason"]
    )
    _note(transfer, "reseller.transfer_rejected", act=act)
    return transfer


def _book(transfer: Transfer, account: Chart, *, act: Act[User]) -> None:
    """Post the entry: money in the house's hands against the wallet or what was held."""
    coming = -transfer.amount if transfer.kind == Kind.REFUND else transfer.amount
    branch_id = transfer.reseller.branch_id
    day = tills.day_of(
        method=transfer.method,
        amount=coming,
        person=act.actor,
        branch_id=branch_id,
        on=act.on,
        at=act.at,
    )
    ledger.open_chart()
    ledger.post(
        ledger.Fact(
            kind="PARTNER_TRANSFER",
            source_type="partner_transfer",
            source_id=transfer.pk,
            lines=[Line(ACCOUNT_OF[transfer.method], coming), Line(account, -coming)],
            posted_on=day,
            branch_id=branch_id,
            customer_id=None,
            memo=" ".join(filter(None, [transfer.number, transfer.method, transfer.reference])),
        ),
        act=act,
    )


def _refuse(reseller: Reseller, wallet: Wallet, kind: str, amount: Decimal) -> None:
    if (kind == Kind.REMITTANCE) == reseller.is_prepaid:
        raise TransferRefused(_("A wallet is topped up; money held is remitted."))
    if reseller.status == Reseller.Status.CLOSED or (kind == Kind.TOPUP and not reseller.is_active):
        raise TransferRefused(_("This reseller is not active."))
    if kind == Kind.TOPUP and amount < reseller.minimum_top_up:
        raise TransferRefused(
            _("A top-up is at least %(amount)s.")
            % {"amount": formats.money(reseller.minimum_top_up)}
        )
    _refuse_too_much(kind, wallet, amount)


def _refuse_too_much(kind: str, wallet: Wallet, amount: Decimal) -> None:
    there = {Kind.REFUND: wallet.balance_amount, Kind.REMITTANCE: wallet.held_amount}
    if kind in there and amount > there[Kind(kind)]:
        raise TransferRefused(
            _("There is only %(amount)s.") % {"amount": formats.money(there[Kind(kind)])}
        )


def _locked(transfer: Transfer) -> Transfer:
    found = (
        Transfer.objects.select_for_update(of=("self",))
        .select_related("reseller")
        .get(pk=transfer.pk)
    )
    if not found.is_waiting:
        raise TransferDecided(
            _("This transfer was decided about before: %(state)s.")
            % {"state": str(found.get_status_display()).lower()}
        )
    return found


def _note(transfer: Transfer, action: str, *, act: Act[User]) -> None:
    events.record(
        act=act,
        action=action,
        target=transfer,
        label=transfer.number,
        branch_id=transfer.reseller.branch_id,
        after={
            "kind": transfer.kind,
            "amount": transfer.amount,
            "method": transfer.method,
            "reference": transfer.reference,
            "reseller": transfer.reseller_id,
        },
    )
