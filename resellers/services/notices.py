"""What partners are told of their wallets: it is low, and what it was too small for."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.urls import reverse

from ispbill.notifications.services import compose
from resellers.models import Reseller, WalletMove

LOOKS_BACK = timedelta(days=1)


def not_renewed(
    reseller: Reseller, *, count: int, missing: Decimal, fact: str, at: datetime
) -> None:
    """Say how many services were not renewed and what is missing, once a `fact`."""
    context = {"count": str(count), "missing": f"{missing:.2f}"}
    _tell(reseller, "wallet_not_renewed", context, fact=fact, at=at)


def low(*, at: datetime) -> int:
    """Tell each partner whose wallet has become low and still is, once a crossing; how many."""
    moves = WalletMove.objects.filter(is_low=True, at__gt=at - LOOKS_BACK).exclude(
        reseller__status=Reseller.Status.CLOSED
    )
    latest = moves.select_related("reseller__user", "reseller__wallet").order_by("pk")
    told = 0
    for move in {one.reseller_id: one for one in latest}.values():
        reseller, there = move.reseller, move.reseller.wallet.balance_amount
        if reseller.is_prepaid and there < reseller.low_mark:
            context = {"amount": f"{there:.2f}"}
            told += _tell(reseller, "wallet_low", context, fact=f"move-{move.pk}", at=at)
    return told


def _tell(
    reseller: Reseller, event: str, context: dict[str, str], *, fact: str, at: datetime
) -> int:
    if reseller.user is None:
        return 0
    page = settings.PUBLIC_URL + reverse("reseller:money")
    letter = compose.to_person(reseller.user, {**context, "pay_url": page}, fact=fact)
    return compose.enqueue(letter, event=event, at=at)
