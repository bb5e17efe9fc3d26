"""The unmatched lines of statements, and what has become of the others."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Prefetch, Q, QuerySet, Sum

from billing.allocation.models import Refund
from billing.receivables.models import DepositMove
from ispbill.core.money import AmountRefused, parse_number
from payments.bank.models import SettlementImport, StatementLine, StatementPart, StatementSuggestion
from payments.bank.queries import match_hints
from payments.bank.rules.matching import SURE

State = StatementLine.State
OPEN = (State.NEW, State.HELD)
VIEWS: tuple[str, ...] = ("open", "sure", "suggested", "none", "out", "done", "all")
_NEAR = timedelta(days=10)


@dataclass(frozen=True)
class Filters:
    """What of the unmatched lines is looked at; `view` is one of VIEWS."""

    view: str = "open"
    q: str = ""
    account: int | None = None
    statement: int | None = None
    since: date | None = None
    until: date | None = None


# Views of open lines; any other shows the money that came in.
_OPEN_VIEWS = {
    "out": Q(amount__lt=0),
    "sure": Q(is_safe=True),
    "suggested": Q(confidence__gt=0, is_safe=False),
    "none": Q(confidence=0, amount__gt=0),
}


@dataclass(frozen=True)
class Figures:
    """The unmatched lines in numbers; amounts in the company's currency."""

    count: int
    amount: Decimal
    sure: int
    out: int
    oldest: date | None
    held_unmatched: Decimal
    matched_by_machine: int  # of 100 lines matched in the last 90 days, suggested first
    matched: int


def filtered(filters: Filters) -> QuerySet[StatementLine]:
    """Return the lines the filters leave, in no order."""
    lines = _of_view(filters.view)
    if filters.account is not None:
        lines = lines.filter(account=filters.account)
    if filters.statement is not None:
        lines = lines.filter(statement=filters.statement)
    if filters.since is not None:
        lines = lines.filter(booked_on__gte=filters.since)
    if filters.until is not None:
        lines = lines.filter(booked_on__lte=filters.until)
    return lines.filter(_words(filters.q)) if filters.q else lines


def _of_view(view: str) -> QuerySet[StatementLine]:
    lines = StatementLine.objects.all()
    if view == "all":
        return lines
    if view == "done":
        return lines.exclude(state__in=OPEN)
    return lines.filter(_OPEN_VIEWS.get(view, Q(amount__gt=0)), state__in=OPEN)


def shown(lines: QuerySet[StatementLine]) -> QuerySet[StatementLine]:
    """Return lines with what a list shows of them: suggestions, parts, accounts."""
    suggestions = StatementSuggestion.objects.select_related(
        "customer__area", "customer__account_state", "payment", "payout"
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
    """Return the unmatched lines in numbers, as of the company date `on`."""
    lines = StatementLine.objects.filter(state__in=OPEN)
    into = lines.filter(amount__gt=0).aggregate(
        count=Count("pk"),
        amount=Sum("open_amount"),
        oldest=Min("booked_on"),
        sure=Count("pk", filter=Q(is_safe=True)),
        held_unmatched=Sum("open_amount", filter=Q(is_held_unmatched=True)),
    )
    recent = StatementPart.objects.filter(
        undone_at__isnull=True,
        kind=StatementPart.Kind.PAYMENT,
        at__date__gte=on - timedelta(days=90),
    )
    first = StatementSuggestion.objects.filter(
        line=OuterRef("line"), customer=OuterRef("customer"), rank=1
    )
    matched = recent.count()
    by_machine = recent.filter(Exists(first)).count()
    return Figures(
        count=into["count"],
        amount=into["amount"] or Decimal(0),
        oldest=into["oldest"],
        sure=into["sure"],
        held_unmatched=into["held_unmatched"] or Decimal(0),
        out=lines.filter(amount__lt=0).count(),
        matched=matched,
        matched_by_machine=by_machine * 100 // matched if matched else 0,
    )


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
        payments = match_hints.unclaimed(line.account.method).filter(posted_on__range=near)
        return {
            "payments": _nearest(
                payments.filter(amount=line.open_amount).select_related("customer"),
                "posted_on",
                line,
            ),
            "payouts": list(
                SettlementImport.objects.filter(
                    state=SettlementImport.State.BOOKED,
                    net_amount=line.open_amount,
                    bank_account=line.account_id,
                )
                .exclude(pk__in=live.filter(payout__isnull=False).values("payout"))
                .order_by("-paid_on", "-pk")[:5]
            ),
            "deposits": _deposits(line, live, DepositMove.Kind.TAKEN, near),
        }
    refunds = Refund.objects.filter(
        amount=-line.open_amount,
        paid_on__range=near,
        method__in=_methods(line),
        gateway_refund__isnull=True,  # those leave a gateway's account, not ours
    ).exclude(pk__in=live.filter(refund__isnull=False).values("refund"))
    returned = live.filter(
        kind=StatementPart.Kind.RETURNED, amount=-line.open_amount, line__account=line.account_id
    ).exclude(pk__in=live.filter(returns__isnull=False).values("returns"))
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
    return match_hints.METHODS_OF[line.account.method]


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
