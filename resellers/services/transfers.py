"""Money between a reseller and the house: sent by one, confirmed by the other."""

from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from billing.receivables.services import admission
from ispbill.accounts.models import User
from ispbill.audit.services import trail
from ispbill.core import formats
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError, Stale
from ispbill.core.services import numbering
from payments.bank.models import StatementPart
from resellers.models import Reseller, Transfer, Wallet
from resellers.services import crediting, wallets

Kind = Transfer.Kind
Status = Transfer.Status
SERIES: Mapping[str, str] = {Kind.TOPUP: "TU", Kind.REMITTANCE: "RM", Kind.REFUND: "WR"}


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
    if kind == Kind.REFUND:
        reference = _refund_account(reseller, method)
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
    crediting.note(made, "reseller.transfer_sent", act=act)
    return made


@transaction.atomic
def arrive(
    *,
    reseller: Reseller,
    amount: Decimal,
    method: str,
    account_no: int,
    reference: str,
    key: str,
    by: User,
    act: Act[User | None],
) -> Transfer:
    """Credit money that has arrived: a gateway or the bank says so; `account_no` is where.

    No limit and no state of the reseller refuses a top-up; more than is held is no remittance.
    The same key is once. Raises TransferRefused.
    """
    trail.begin(act=act)
    earlier = Transfer.objects.filter(key=key).first()
    if earlier is not None:
        return earlier
    kind = Kind.TOPUP if reseller.is_prepaid else Kind.REMITTANCE
    _refuse_too_much(kind, wallets.lock(reseller), amount)
    number = numbering.take(series=SERIES[kind], year=act.on.year)
    made = Transfer.objects.create(
        number=numbering.written(series=SERIES[kind], year=act.on.year, number=number),
        kind=kind,
        reseller=reseller,
        amount=amount,
        method=Transfer.Method(method),
        account_no=account_no,
        reference=reference[:80],
        key=key,
        sent_by=by,
        sent_at=act.at,
    )
    return crediting.credit(made, act=act)


@transaction.atomic
def confirm(*, transfer: Transfer, act: Act[User], account_no: int = 0) -> Transfer:
    """Book money that has arrived (or was paid out), and move the wallet with it.

    `account_no`: where it stands in the books when that is not its method's account. Raises
    TransferDecided, OwnTransfer (a refund wants a second person), TransferRefused.
    """
    trail.begin(act=act)
    # Lock.
    transfer = _locked(transfer)
    wallet = wallets.lock(transfer.reseller)
    # Decide.
    if transfer.kind == Kind.REFUND and transfer.sent_by_id == act.actor.pk:
        raise OwnTransfer(_("You prepared this refund; somebody else has to confirm it."))
    _refuse_too_much(transfer.kind, wallet, transfer.amount)
    transfer.account_no = account_no
    return crediting.credit(transfer, act=act)


@transaction.atomic
def take_back(
    *, transfer: Transfer, act: Act[User | None], with_its_line: bool = False
) -> Transfer:
    """Take a confirmed top-up or remittance back, its money having gone.

    The wallet may go below its limit: then nothing more is paid from it, and nobody is cut. What
    was remitted is held again. What came by a line of a bank statement goes back `with_its_line`
    and no other way. Raises TransferDecided, TransferRefused, ReasonMissing.
    """
    act = trail.begin_with_reason(act=act)
    # Lock.
    transfer = (
        Transfer.objects.select_for_update(of=("self",))
        .select_related("reseller")
        .get(pk=transfer.pk)
    )
    wallets.lock(transfer.reseller)
    # Decide.
    if transfer.kind == Kind.REFUND or transfer.status != Status.CONFIRMED:
        raise TransferDecided(_("Only money that has arrived can be taken back."))
    of_lines = StatementPart.objects.filter(owner_key=transfer.number, undone_at__isnull=True)
    if not with_its_line and of_lines.exists():
        raise TransferRefused(_("It came by a bank line: undo that line."))
    # Change.
    transfer.status, transfer.reversed_by = Status.REVERSED, act.actor
    transfer.reversed_on, transfer.reversal_reason = act.on, act.reason[:200]
    transfer.save(update_fields=["status", "reversed_by", "reversed_on", "reversal_reason"])
    return crediting.take_back(transfer, act=act)


@transaction.atomic
def reject(*, transfer: Transfer, act: Act[User]) -> Transfer:
    """Say that the money did not arrive, with the reason. Raises TransferDecided, ReasonMissing."""
    act = trail.begin_with_reason(act=act)
    transfer = _locked(transfer)
    transfer.status, transfer.decided_by = Status.REJECTED, act.actor
    transfer.decided_at, transfer.decided_on = act.at, act.on
    transfer.rejection_reason = act.reason[:200]
    transfer.save(
        update_fields=["status", "decided_by", "decided_at", "decided_on", "rejection_reason"]
    )
    crediting.note(transfer, "reseller.transfer_rejected", act=act)
    return transfer


def _refuse(reseller: Reseller, wallet: Wallet, kind: str, amount: Decimal) -> None:
    if (kind == Kind.REMITTANCE) == reseller.is_prepaid:
        raise TransferRefused(_("A wallet is topped up; money held is remitted."))
    if reseller.status == Reseller.Status.CLOSED or (kind == Kind.TOPUP and not reseller.is_active):
        raise TransferRefused(_("This reseller is not active."))
    if kind == Kind.TOPUP:
        refuse_top_up(reseller, amount)
    _refuse_too_much(kind, wallet, amount)


def refuse_top_up(reseller: Reseller, amount: Decimal) -> None:
    """Raise TransferRefused for a top-up that is none, or too small."""
    if not (reseller.is_prepaid and reseller.is_active):
        raise TransferRefused(_("This reseller is not active."))
    admission.check_amount(amount)
    if amount < reseller.minimum_top_up:
        raise TransferRefused(
            _("A top-up is at least %(amount)s.")
            % {"amount": formats.money(reseller.minimum_top_up)}
        )


def _refund_account(reseller: Reseller, method: str) -> str:
    """Return where a refund goes: the payout account and nowhere else. Raises TransferRefused."""
    if not reseller.payout_account or method == Transfer.Method.CASH:
        raise TransferRefused(_("A wallet is refunded to the payout account, never in cash."))
    return reseller.payout_account


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
