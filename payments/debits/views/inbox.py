"""Debits that need somebody, as items of the inbox: refused, disputed, or of nobody we know."""

from datetime import datetime, time
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from customers.queries import urgency
from customers.views import inbox_words
from ispbill.accounts.access import branch_scope
from ispbill.accounts.http import Request
from ispbill.accounts.models import User
from ispbill.audit.forms import ReasonForm
from ispbill.core import clock, formats
from ispbill.core.acts import Act
from ispbill.inbox.queries.sources import (
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
from payments.debits.models import DebitOrder, DebitStatementLine
from payments.debits.queries import debits
from payments.debits.services import deciding

State = DebitOrder.State


def _orders(user: User, _at: datetime) -> QuerySet[DebitOrder]:
    return debits.waiting(branch_id=branch_scope(user)).orders


def _listed_orders(found: QuerySet[DebitOrder], at: datetime) -> QuerySet[DebitOrder]:
    people = ("customer", "batch", "mandate__method")
    return urgency.ranked(found.select_related(*people), at=at, since="created_at")


def _order_line(row: Any) -> Line:
    is_dispute = row.state == State.DISPUTED
    what = _("Debit disputed, %(name)s") if is_dispute else _("Debit refused, %(name)s")
    return Line(
        what=what % {"name": row.customer.name},
        why=inbox_words.about(_(row.reason) if row.reason else "", inbox_words.cost(row)),
        since=row.ended_at or row.created_at,
        amount=row.amount,
        urgency=row.urgency,
    )


def _order_detail(_request: Request, row: Any) -> Detail:
    amount = formats.money(row.amount)
    is_dispute = row.state == State.DISPUTED
    question = (
        _("How was the dispute about %(amount)s settled?")
        if is_dispute
        else _("Collect %(amount)s again?")
    )
    return Detail(
        question=question % {"amount": amount},
        said=_(row.reason) if row.reason else "",
        facts=[
            inbox_words.whose(row.customer),
            Fact(_("Debit order"), row.reference, is_code=True),
            Fact(_("Account"), row.mandate.method.label),
            Fact(_("Day"), formats.day(row.action_date, get_language() or "en")),
        ],
        effects=[
            _("The money stays with the customer; say what was agreed.")
            if is_dispute
            else _("What is still open of its bills is in the next batch.")
        ],
        url=reverse("staff_payments:debit-batch", args=[row.batch.name]),
    )


def _again(request: Request, row: Any, given: Given) -> Done:
    deciding.try_again(order=row, act=Act.now(request.user, reason=given["reason"]))
    return Done(_("The next run collects it again."))


def _settle(request: Request, row: Any, given: Given) -> Done:
    deciding.settle_dispute(order=row, act=Act.now(request.user, reason=given["reason"]))
    return Done(_("The dispute is dealt with."))


def _order_verbs(_request: Request, row: Any) -> list[Verb]:
    if row.state == State.DISPUTED:
        return [Verb("settle", _("Dealt with"), _settle, form=ReasonForm)]
    return [Verb("again", _("Try again"), _again, form=ReasonForm)]


def _order_decided(user: User, key: int) -> str | None:
    return decision(debits.orders_visible_to(user), key, state="state", by=None)


def _lines(user: User, _at: datetime) -> QuerySet[DebitStatementLine]:
    """Held lines are the whole company's."""
    return debits.waiting(branch_id=branch_scope(user)).lines


def _listed_lines(
    found: QuerySet[DebitStatementLine], _at: datetime
) -> QuerySet[DebitStatementLine]:
    return found.order_by("statement_date", "pk")


def _statement_line(row: DebitStatementLine) -> Line:
    return Line(
        what=_("Debit statement, %(words)s") % {"words": row.description or row.code},
        why=row.note,
        since=datetime.combine(row.statement_date, time(12), tzinfo=clock.zone()),
        amount=row.effect_amount,
    )


def _statement_detail(_request: Request, row: DebitStatementLine) -> Detail:
    return Detail(
        question=_("What is this %(amount)s of NetCash's statement?")
        % {"amount": formats.money(row.effect_amount)},
        said=row.note,
        facts=[
            Fact(_("Day"), formats.day(row.statement_date, get_language() or "en")),
            Fact(_("Text"), row.description or "—"),
            Fact(_("Code"), row.code, is_code=True),
            Fact(_("Reference"), row.reference or "—", is_code=True),
        ],
        effects=[_("Nothing is booked for it. Say how it was dealt with.")],
        url=reverse("staff_payments:debit-statement"),
    )


def _put_aside(request: Request, row: DebitStatementLine, given: Given) -> Done:
    deciding.put_aside(line=row, act=Act.now(request.user, reason=given["reason"]))
    return Done(_("Put aside."))


def _statement_verbs(_request: Request, _row: DebitStatementLine) -> list[Verb]:
    return [Verb("aside", _("Put aside"), _put_aside, form=ReasonForm)]


def _statement_decided(user: User, key: int) -> str | None:
    if branch_scope(user) is not None:
        return None
    return decision(DebitStatementLine.objects.all(), key, state="outcome", by=None)


ORDERS = Source(
    kind="debit",
    label=gettext_lazy("Debit order"),
    group=Group.MONEY,
    symbol="building",
    capability="debits.run",
    waiting=_orders,
    listed=_listed_orders,
    line=_order_line,
    detail=_order_detail,
    verbs=_order_verbs,
    decided=_order_decided,
)
STATEMENT = Source(
    kind="debit-line",
    label=gettext_lazy("Line of the debit statement"),
    group=Group.MONEY,
    symbol="file-text",
    capability="debits.run",
    waiting=_lines,
    listed=_listed_lines,
    line=_statement_line,
    detail=_statement_detail,
    verbs=_statement_verbs,
    decided=_statement_decided,
)
