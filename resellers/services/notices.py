"""What partners are told: of their wallets, of cash to remit, of payouts, of customers who move."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.urls import reverse

from ispbill.notifications.services import compose
from resellers.models import Reseller, WalletMove
from resellers.queries import wallets as facts
from resellers.rules import held

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


def to_remit(*, on: date, at: datetime) -> int:
    """Remind each partner who holds the house's money for too long, once a pile; how many."""
    holding = Reseller.objects.filter(status=Reseller.Status.ACTIVE, wallet__held_amount__gt=0)
    told = 0
    for reseller in holding.select_related("user", "wallet").order_by("pk"):
        oldest_on = facts.held_since(reseller)
        stage = held.stage(oldest_on=oldest_on, on=on, remit_days=reseller.remit_days)
        if oldest_on is not None and stage != held.Stage.IN_TIME:
            context = {"amount": f"{reseller.wallet.held_amount:.2f}", "day": oldest_on.isoformat()}
            fact = f"{reseller.pk}-{oldest_on}"
            told += _tell(reseller, "reseller_remit", context, fact=fact, at=at)
    return told


def paid(reseller: Reseller, *, payout: str, amount: Decimal, at: datetime) -> None:
    """Say that a payout was paid; `payout` is its number."""
    context = {"amount": f"{amount:.2f}", "payout": payout}
    _tell(reseller, "reseller_paid", context, fact=payout, at=at, page="reseller:payouts")


def moved(
    joining: Mapping[int, int], leaving: Mapping[int, int], *, first_day: date, at: datetime
) -> None:
    """Say to each reseller (by id) how many customers join and leave it from a day on."""
    known = Reseller.objects.filter(pk__in={*joining, *leaving}).select_related("user")
    for reseller in known.order_by("pk"):
        context = {
            "joining": str(joining.get(reseller.pk, 0)),
            "leaving": str(leaving.get(reseller.pk, 0)),
            "day": first_day.isoformat(),
        }
        fact = f"{reseller.pk}-{first_day}-{at.isoformat()}"
        _tell(reseller, "reseller_moved", context, fact=fact, at=at, page="reseller:customers")


def _tell(
    reseller: Reseller,
    event: str,
    context: dict[str, str],
    *,
    fact: str,
    at: datetime,
    page: str = "reseller:money",
) -> int:
    if reseller.user is None or reseller.status == Reseller.Status.CLOSED:
        return 0
    address = settings.PUBLIC_URL + reverse(page)
    letter = compose.to_person(reseller.user, {**context, "pay_url": address}, fact=fact)
    return compose.enqueue(letter, event=event, at=at)
