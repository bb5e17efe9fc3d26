"""The wallet of a prepaid reseller, and the house's money a commission reseller holds.

Both sums are moved by triggers with the document behind them (`WalletMove`); here they are locked,
looked at, and a payment that would go too far is refused. Whoever pays a customer's bill locks the
customer's account first, then the wallet, as a payment through any other door does.
"""

from decimal import Decimal

from django.utils.translation import gettext as _

from ispbill.core import formats
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from resellers.models import Reseller, Transfer, Wallet, WalletMove
from resellers.rules import wallet as rules


class WalletShort(DomainError):
    """The wallet does not pay it. `missing` is the gap, `needed` what it takes, `top_up` what to
    offer."""

    def __init__(self, missing: Decimal, reseller: Reseller, needed: Decimal) -> None:
        self.missing, self.needed = missing, needed
        self.top_up = rules.top_up(missing, minimum=reseller.minimum_top_up)
        super().__init__(
            _("The wallet is %(amount)s short. Top up first.") % {"amount": formats.money(missing)}
        )


def lock(reseller: Reseller) -> Wallet:
    """Return the wallet, locked until the transaction ends; made when there is none yet."""
    Wallet.objects.get_or_create(reseller=reseller)
    return Wallet.objects.select_for_update().get(pk=reseller.pk)


def refuse_short(reseller: Reseller, *, before: Decimal = Decimal("0.00")) -> None:
    """Raise WalletShort when what the transaction did so far takes the wallet below its limit.

    Reckoned after the fact, with the share that came in: so it is the exact gap. The caller's
    transaction undoes all of it. `before`: what could be spent then, to say what it takes.
    """
    found = Wallet.objects.get(pk=reseller.pk)
    missing = rules.gap(
        balance=found.balance_amount, credit_limit=reseller.credit_limit, net=Decimal("0.00")
    )
    if missing:
        raise WalletShort(missing, reseller, before + missing)


def move(
    *, reseller: Reseller, pocket: str, kind: str, amount: Decimal, transfer: Transfer, act: Act
) -> None:
    """Write a movement that a transfer makes; its entry in the books is the caller's."""
    WalletMove.objects.create(
        reseller=reseller,
        pocket=pocket,
        kind=kind,
        amount=amount,
        transfer=transfer,
        at=act.at,
        on=act.on,
    )
