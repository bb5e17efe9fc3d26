"""One statement in numbers: what came and went, what it became, whether it adds up."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, Sum

from payments.bank.models import BadRow, StatementImport, StatementLine
from payments.bank.rules.matching import SURE

State = StatementLine.State
OPEN = Q(state__in=[State.NEW, State.HELD])


@dataclass(frozen=True)
class Page:
    """The figures of a statement; amounts in the company's currency."""

    money_in: Decimal
    money_out: Decimal
    matched: int
    set_aside: int
    returned: int
    sure: int
    suggested: int
    unknown: int
    open_out: int
    open_amount: Decimal
    known_before: int
    bad_rows: list[BadRow]
    adds_up: bool | None  # None: the file tells no balances


def of(statement: StatementImport) -> Page:
    """Return a statement's figures, of the lines it was the first to bring."""
    inward = Q(amount__gt=0)
    found = StatementLine.objects.filter(statement=statement).aggregate(
        money_in=Sum("amount", filter=inward),
        money_out=Sum("amount", filter=~inward),
        matched=Count("pk", filter=Q(state=State.MATCHED)),
        set_aside=Count("pk", filter=Q(state=State.IGNORED)),
        returned=Count("pk", filter=Q(state=State.RETURNED)),
        sure=Count("pk", filter=OPEN & inward & Q(is_safe=True, confidence__gte=SURE)),
        suggested=Count("pk", filter=OPEN & inward & Q(is_safe=False, confidence__gt=0)),
        unknown=Count("pk", filter=OPEN & inward & Q(confidence=0)),
        open_out=Count("pk", filter=OPEN & ~inward),
        open_amount=Sum("open_amount", filter=OPEN & inward),
    )
    for name in ("money_in", "money_out", "open_amount"):
        found[name] = found[name] or Decimal(0)
    adds_up = None
    if statement.opening_amount is not None and statement.closing_amount is not None:
        adds_up = True  # balances are kept only when they follow from the amounts
    return Page(
        **found,
        known_before=statement.row_count - statement.new_count,
        adds_up=adds_up,
        bad_rows=list(BadRow.objects.filter(statement=statement).order_by("row_no")[:20]),
    )
