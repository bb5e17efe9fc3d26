"""The tray of lines nobody has explained yet, and what has become of the others."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Prefetch, Q, QuerySet, Sum

from ispbill.core.money import AmountRefused, parse_number
from payments.models import (
    DepositMove,
    Refund,
    SettlementImport,
    StatementLine,
    StatementPart,
    StatementSuggestion,
)
from payments.queries import clues
from payments.rules.matching import SURE

State = StatementLine.State
OPEN = (State.NEW, State.PARKED)
VIEWS: tuple[str, ...] = ("open", "sure", "suggested", "none", "out", "done", "all")
_NEAR = timedelta(days=10)


@dataclass(frozen=True)
class Filters:
    """What of the tray is looked at; `view` is one of VIEWS."""

    view: str = "open"
    q: str = ""
    account: int | None = None
    statement: int | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Figures:
    """The tray in numbers; amounts in the company's currency."""

    count: int
    amount: Decimal
    sure: int
    out: int
    oldest: date | None
    parked: Decimal
    matched_by_machine: int  # of 100 lines matched in the last 90 days, suggested first
    matched: int


def filtered(filters: Filters) -> QuerySet[StatementLine]:
    """Return the lines the filters leave, in no order."""
    lines = StatementLine.objects.all()
    if filters.view == "done":
        lines = lines.exclude(state__in=OPEN)
    elif filters.view != "all":
        lines = lines.filter(state__in=OPEN)
        if filters.view == "out":
            lines = lines.filter(amount__lt=0)
        elif filters.view == "sure":
            lines = lines.filter(is_safe=True)
        elif filters.view == "suggested":
            lines = lines.filter(confidence__gt=0, is_safe=False)
        elif filters.view == "none":
            lines = lines.filter(confidence=0, amount__gt=0)
        else:
            lines = lines.filter(amount__gt=0)
    if filters.account is not None:
        lines = lines.filter(account=filters.account)
    if filters.statement is not None:
        lines = lines.filter(statement=filters.statement)
    if filters.since is not None:
        lines = lines.filter(booked_on__gte=filters.since)
    if filters.until is not None:
        lines = lines.filter(booked_on__lte=filters.until)
    return lines.filter(_words(filters.q)) if filters.q else lines


def shown(lines: QuerySet[StatementLine]) -> QuerySet[StatementLine]:
    """Return lines with what a list shows of them: suggestions, parts, accounts."""
    suggestions = StatementSuggestion.objects.select_related(
        "customer__area", "customer__standing", "payment", "payout"
    ).order_by("rank")
    parts = (
        StatementPart.objects.filter(undone_at__isnull=True)
        .select_related("customer", "payment", "refund", "deposit_move", "payout", "account")
        .order_by("pk")
    )
    return lines.select_related("account", "statement").prefetch_related(
        Prefetch("suggestions", suggestions), Prefetch("parts", parts, to_attr="live_parts")
    )


def page(
    lines: QuerySet[StatementLine], *, size: int, after: str = ""
) -> tuple[list[StatementLine], str]:
    """Return one page, the newest day first, and the cursor of the next ("" after the last)."""
    day, _sep, number = after.partition("_")
    if day and number.isascii() and number.isdigit() and len(number) < 19:
        try:
            on = date.fromisoformat(day)
        except ValueError:
            pass
        else:
            lines = lines.filter(Q(booked_on__lt=on) | Q(booked_on=on, pk__lt=int(number)))
    rows = list(shown(lines).order_by("-booked_on", "-pk")[: size + 1])
    more = f"{rows[size - 1].booked_on}_{rows[size - 1].pk}" if len(rows) > size else ""
    return rows[:size], more


def figures(*, on: date) -> Figures:
    """Return the tray in numbers, as of the company date `on`."""
    lines = StatementLine.objects.filter(state__in=OPEN)
    into = lines.filter(amount__gt=0).aggregate(
        count=Count("pk"), amount=Sum("open_amount"), oldest=Min("booked_on"),
        sure=Count("pk", filter=Q(is_safe=True)),
        parked=Sum("open_amount", filter=Q(is_parked=True)),
    )  # fmt: skip
    recent = StatementPart.objects.filter(
        undone_at__isnull=True, kind=StatementPart.Kind.PAYMENT,
        at__date__gte=on - timedelta(days=90),
    )  # fmt: skip
    first = StatementSuggestion.objects.filter(
        line=OuterRef("line"), customer=OuterRef("customer"), rank=1
    )
    matched = recent.count()
    by_machine = recent.filter(Exists(first)).count()
    return Figures(
        count=into["count"], amount=into["amount"] or Decimal(0), oldest=into["oldest"],
        sure=into["sure"], parked=into["parked"] or Decimal(0),
        out=lines.filter(amount__lt=0).count(), matched=matched,
        matched_by_machine=by_machine * 100 // matched if matched else 0,
    )  # fmt: skip


def waiting() -> QuerySet[StatementLine]:
    """Return the lines of money in nobody has explained."""
    return StatementLine.objects.filter(state__in=OPEN, amount__gt=0)


def sure_ids(filters: Filters, *, most: int) -> list[int]:
    """Return the open lines the filters leave that may be accepted unseen, the oldest first."""
    lines = filtered(filters).filter(state__in=OPEN, is_safe=True, confidence__gte=SURE)
    return list(lines.order_by("booked_on", "pk").values_list("pk", flat=True)[:most])


def linkable(line: StatementLine) -> dict[str, list[Any]]:
    """Return what in the books an open line may already be, nearest day first, by what it is."""
    near = (line.booked_on - _NEAR, line.booked_on + _NEAR)
    live = StatementPart.objects.filter(undone_at__isnull=True)
    if line.is_money_in:
        payments = clues.unclaimed(line.account.method).filter(posted_on__range=near)
        return {
            "payments": _nearest(
                payments.filter(amount=line.open_amount).select_related("customer"),
                "posted_on", line,
            ),
            "payouts": list(
                SettlementImport.objects.filter(
                    state=SettlementImport.State.BOOKED, net_amount=line.open_amount,
                    bank_account=line.account_id,
                )
                .exclude(pk__in=live.filter(payout__isnull=False).values("payout"))
                .order_by("-paid_on", "-pk")[:5]
            ),
            "deposits": _deposits(line, live, DepositMove.Kind.TAKEN, near),
        }  # fmt: skip
    refunds = Refund.objects.filter(
        amount=-line.open_amount,
        paid_on__range=near,
        method__in=_methods(line),
        gateway_refund__isnull=True,  # those leave a gateway's account, not ours
    ).exclude(pk__in=live.filter(refund__isnull=False).values("refund"))
    returned = live.filter(
        kind=StatementPart.Kind.RETURNED, amount=-line.open_amount,
        line__account=line.account_id,
    ).exclude(pk__in=live.filter(returns__isnull=False).values("returns"))  # fmt: skip
    return {
        "refunds": _nearest(refunds.select_related("customer"), "paid_on", line),
        "deposits": _deposits(line, live, DepositMove.Kind.RETURNED, near),
        "returned": list(returned.select_related("line").order_by("-pk")[:5]),
    }


def _deposits(
    line: StatementLine, live: QuerySet[StatementPart], kind: str, near: tuple[date, date]
) -> list[DepositMove]:
    moves = DepositMove.objects.filter(
        kind=kind, amount=abs(line.open_amount), moved_on__range=near, method__in=_methods(line)
    ).exclude(pk__in=live.filter(deposit_move__isnull=False).values("deposit_move"))
    return _nearest(moves.select_related("customer"), "moved_on", line)


def _methods(line: StatementLine) -> tuple[str, ...]:
    return clues.METHODS_OF[line.account.method]


def _nearest(rows: QuerySet[Any], name: str, line: StatementLine) -> list[Any]:
    found = list(rows.order_by(name, "pk")[:50])
    return sorted(found, key=lambda row: abs((getattr(row, name) - line.booked_on).days))[:5]


def _words(text: str) -> Q:
    condition = Q()
    for word in text.split()[:6]:
        either = (
            Q(description__icontains=word)
            | Q(reference__icontains=word)
            | Q(counterparty__icontains=word)
            | Q(bank_id__icontains=word)
        )
        plain = word.replace(",", "")
        if len(plain) < 14 and (amount := _amount(plain)) is not None:
            either |= Q(amount=amount) | Q(amount=-amount)
        condition &= either
    return condition


def _amount(word: str) -> Decimal | None:
    try:
        return parse_number(word)
    except AmountRefused:
        return None
