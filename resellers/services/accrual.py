"""The reseller's share of payments no trigger has followed, and what is earned of no payment.

A payment that is settled, reversed or paid out again brings its share with it, in the database
(`resellers/guards`, docs/adr/0027-partners.md): `earn_commissions` and
`take_back_commissions` are one statement each for however many payments, and writing twice is
writing once.
"""

from collections.abc import Sequence
from decimal import Decimal

from billing.ledger.rules.chart import Chart
from billing.ledger.services import ledger
from billing.ledger.services.ledger import Line
from ispbill.core import statements
from ispbill.core.acts import Act
from resellers.models import Commission, CommissionBack, WalletMove


def earn(*, payment_ids: Sequence[int]) -> int:
    """Give resellers their share of these completed payments; return how many were written.

    Belongs in a transaction with a trail. Those that earn nothing, or have their commission
    already, are passed over.
    """
    return int(statements.first("SELECT earn_commissions(%s)", [list(payment_ids)])[0])


def book(earned: Commission, *, memo: str, act: Act) -> None:
    """Post what was earned of no payment: a bonus, the start of a service."""
    is_credited = earned.status == Commission.Status.CREDITED
    account = Chart.RESELLER_WALLETS if is_credited else Chart.COMMISSIONS_PAYABLE
    _post(earned, "commission", earned.pk, earned.amount, account, memo=memo, act=act)


def take_back(
    earned: Commission, less: Decimal, *, left: Decimal, memo: str, act: Act
) -> CommissionBack | None:
    """Take `less` back of what was earned of no payment (locked); `left` names the fact, once.

    None when that fact has taken back before.
    """
    back, is_new = CommissionBack.objects.get_or_create(
        commission=earned,
        left_amount=left,
        defaults={
            "reseller": earned.reseller,
            "amount": less,
            "taken_on": act.on,
            "taken_at": act.at,
        },
    )
    if not is_new:
        return None
    was_credited = WalletMove.objects.filter(commission=earned).exists()
    account = Chart.RESELLER_WALLETS if was_credited else Chart.COMMISSIONS_PAYABLE
    _post(earned, "commission_back", back.pk, -less, account, memo=memo, act=act)
    return back


def _post(
    earned: Commission,
    source: str,
    source_id: int,
    amount: Decimal,
    account: Chart,
    *,
    memo: str,
    act: Act,
) -> None:
    ledger.open_chart()
    ledger.post(
        ledger.Fact(
            kind=source.upper(),
            source_type=source,
            source_id=source_id,
            lines=[Line(Chart.COMMISSIONS, amount), Line(account, -amount)],
            posted_on=act.on,
            branch_id=earned.branch_id,
            customer_id=None,
            memo=memo,
        ),
        act=act,
    )
