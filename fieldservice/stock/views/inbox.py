"""Counts that differ and stock that runs out, as items of the inbox."""

from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fieldservice.stock.forms.stock import ReasonForm
from fieldservice.stock.models import StockBalance, StockCount
from fieldservice.stock.queries import stock
from fieldservice.stock.services import counting
from ispbill.accounts.http import Request
from ispbill.accounts.models import User
from ispbill.core import clock, formats
from ispbill.core.acts import Act
from ispbill.inbox.queries.sources import (
    Change,
    Detail,
    Done,
    Fact,
    Given,
    Group,
    Line,
    Source,
    Verb,
    decision,
)


def _waiting(user: User, _at: datetime) -> QuerySet[StockCount]:
    mine = stock.counts(user).filter(state=StockCount.State.WAITING)
    return mine.exclude(counted_by=user)


def _listed(found: QuerySet[StockCount], _at: datetime) -> QuerySet[StockCount]:
    return found.order_by("counted_at", "pk")


def _line(row: StockCount) -> Line:
    return Line(
        what=_("Count of %(place)s") % {"place": row.place}, why=row.reason, since=row.counted_at
    )


def _detail(_request: Request, row: StockCount) -> Detail:
    differing = [line for line in row.lines if counting.differs(line)]
    return Detail(
        question=_("Shall the books follow the count of %(place)s?") % {"place": row.place},
        said=row.reason,
        facts=[Fact(_("Counted by"), row.counted_by.name)],
        changes=[Change(line["name"], line["expected"], _found(line)) for line in differing],
        url=reverse("staff_fieldservice:place", args=[row.place_id]),
    )


def _found(line: dict[str, Any]) -> str:
    parts = [str(line["counted"])]
    if line["missing"]:
        parts.append(_("missing: %(serials)s") % {"serials": ", ".join(line["missing"])})
    if line["unknown"]:
        parts.append(_("not booked here: %(serials)s") % {"serials": ", ".join(line["unknown"])})
    return "; ".join(parts)


def _approve(request: Request, row: StockCount, _given: Given) -> Done:
    counting.approve(count=row, act=Act.now(request.user))
    return Done(_("The books follow the count."))


def _refuse(request: Request, row: StockCount, given: Given) -> Done:
    counting.refuse(count=row, act=Act.now(request.user, reason=str(given["reason"])))
    return Done(_("The books stay as they are."))


def _verbs(_request: Request, _row: Any) -> list[Verb]:
    return [
        Verb("approve", _("Approve"), _approve),
        Verb("refuse", _("Refuse"), _refuse, form=ReasonForm, is_refusal=True),
    ]


def _decided(user: User, key: int) -> str | None:
    return decision(stock.counts(user), key, state="state")


COUNTS = Source(
    kind="stock-count",
    label=gettext_lazy("Counts of stock that differ"),
    group=Group.REQUESTS,
    symbol="package",
    capability="stock.decide",
    waiting=_waiting,
    listed=_listed,
    line=_line,
    detail=_detail,
    verbs=_verbs,
    decided=_decided,
)


def _low(user: User, _at: datetime) -> QuerySet[StockBalance]:
    return stock.low(user)


def _low_listed(found: QuerySet[StockBalance], _at: datetime) -> QuerySet[StockBalance]:
    return found.order_by(F("quantity") / F("item__reorder_level"), "pk")


def _low_line(row: StockBalance) -> Line:
    said = {
        "left": formats.quantity(row.quantity),
        "level": formats.quantity(row.item.reorder_level),
    }
    return Line(
        what=_("%(item)s at %(place)s") % {"item": row.item.name, "place": row.place},
        why=_("%(left)s left, order again below %(level)s") % said,
        since=clock.now(),
    )


def _low_detail(_request: Request, row: StockBalance) -> Detail:
    shown = _low_line(row)
    address = reverse("staff_fieldservice:item", args=[row.item_id])
    return Detail(question=shown.what, said=shown.why, url=address)


def _low_verbs(_request: Request, _row: StockBalance) -> list[Verb]:
    return []


def _low_decided(user: User, key: int) -> str | None:
    row = StockBalance.objects.filter(pk=key, place__in=stock.ours(user)).first()
    return _("There is enough of it again.") if row else None


LOW = Source(
    kind="low-stock",
    label=gettext_lazy("Stock running out"),
    group=Group.LINES,
    symbol="package",
    capability="stock.edit",
    waiting=_low,
    listed=_low_listed,
    line=_low_line,
    detail=_low_detail,
    verbs=_low_verbs,
    decided=_low_decided,
)
