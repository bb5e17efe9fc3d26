"""What is in resellers' wallets and hands, the moves behind it, and transfers."""

from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum

from ispbill.accounts.access import branch_scope
from ispbill.accounts.models import User
from resellers.models import Checkout, CheckoutRefund, Reseller, Transfer, Wallet, WalletMove

Pocket = WalletMove.Pocket


def wallet_of(reseller: Reseller) -> Wallet:
    """Return a reseller's wallet; an empty one, not saved, where nothing has moved yet."""
    return Wallet.objects.filter(pk=reseller.pk).first() or Wallet(
        reseller=reseller, balance_amount=Decimal("0.00"), held_amount=Decimal("0.00")
    )


def available(reseller: Reseller) -> Decimal:
    """Return what a reseller can spend now: the wallet with its credit limit."""
    return wallet_of(reseller).balance_amount + reseller.credit_limit


def is_blocked(reseller: Reseller) -> bool:
    """Tell whether a wallet is below its limit: nothing is paid from it, and nobody is cut."""
    return reseller.is_prepaid and available(reseller) < 0


def is_low(reseller: Reseller) -> bool:
    """Tell whether a wallet is below the mark its reseller is told of."""
    return reseller.is_prepaid and wallet_of(reseller).balance_amount < reseller.low_mark


def pocket_of(reseller: Reseller) -> str:
    """Return which of the two is a reseller's by kind."""
    return Pocket.WALLET if reseller.is_prepaid else Pocket.HELD


def moves(reseller: Reseller) -> QuerySet[WalletMove]:
    """Return a reseller's movements, newest first, with what they are about."""
    found = WalletMove.objects.filter(reseller=reseller).select_related(
        "payment__customer", "transfer", "commission__payment"
    )
    return found.order_by("-pk")


def held_since(reseller: Reseller) -> date | None:
    """Return since when the oldest money held is in the reseller's hands; None: nothing is.

    What goes out covers the oldest first.
    """
    found = WalletMove.objects.filter(reseller=reseller, pocket=Pocket.HELD)
    out = found.filter(amount__lt=0).aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    left = -out
    for on, amount in (
        found.filter(amount__gt=0).order_by("pk").values_list("on", "amount").iterator()
    ):
        left -= amount
        if left < 0:
            return on
    return None


def visible_transfers(user: User) -> QuerySet[Transfer]:
    """Return the transfers a member of staff may see."""
    branch = branch_scope(user)
    found = Transfer.objects.select_related("reseller", "sent_by", "decided_by")
    return found if branch is None else found.filter(reseller__branch=branch)


def visible_checkouts(user: User) -> QuerySet[Checkout]:
    """Return the online top-ups a member of staff may see."""
    branch = branch_scope(user)
    found = Checkout.objects.select_related("reseller", "account")
    return found if branch is None else found.filter(reseller__branch=branch)


def visible_refunds(user: User) -> QuerySet[CheckoutRefund]:
    """Return what goes back of refused top-ups that a member of staff may see."""
    branch = branch_scope(user)
    found = CheckoutRefund.objects.select_related("checkout__reseller", "checkout__account")
    return found if branch is None else found.filter(checkout__reseller__branch=branch)


def refunds_of(reseller: Reseller) -> QuerySet[CheckoutRefund]:
    """Return what of a reseller's refused top-ups has not gone back yet, oldest first."""
    found = CheckoutRefund.objects.filter(checkout__reseller=reseller)
    return found.exclude(state=CheckoutRefund.State.DONE).order_by("pk")


def held_of(reseller: Reseller) -> QuerySet[Checkout]:
    """Return a reseller's online top-ups that a person has to decide about, oldest first."""
    found = Checkout.objects.filter(reseller=reseller, state=Checkout.State.HELD)
    return found.select_related("account").order_by("pk")


def waiting_of(reseller: Reseller) -> QuerySet[Transfer]:
    """Return the transfers of a reseller that nobody has confirmed yet, oldest first."""
    return Transfer.objects.filter(Q(status=Transfer.Status.SENT), reseller=reseller).order_by("pk")
