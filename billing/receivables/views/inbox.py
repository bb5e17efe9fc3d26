"""Corrections that wait for a second person, as items of the inbox."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.approvals.models import Approval
from billing.approvals.services import approvals
from billing.receivables.queries import waiting
from billing.receivables.views import approvals as pages
from customers.queries import urgency
from customers.views import inbox_words
from ispbill.accounts.http import Request
from ispbill.accounts.models import User
from ispbill.audit.forms import ReasonForm
from ispbill.core import formats
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


def _waiting(user: User, _at: datetime) -> QuerySet[Approval]:
    pending = waiting.visible_to(user).filter(status=Approval.Status.PENDING)
    return pending.exclude(requested_by=user)


def _listed(found: QuerySet[Approval], at: datetime) -> QuerySet[Approval]:
    return urgency.ranked(found, at=at, since="requested_at")


def _line(row: Any) -> Line:
    what = _("%(kind)s asked by %(who)s") % {
        "kind": row.get_kind_display(),
        "who": row.requested_by.name,
    }
    return Line(
        what=what,
        why=inbox_words.about(row.customer.name, inbox_words.cost(row), row.reason),
        since=row.requested_at,
        amount=row.amount,
        urgency=row.urgency,
    )


def _detail(request: Request, row: Any) -> Detail:
    question = _("Approve this %(kind)s of %(amount)s?") % {
        "kind": row.get_kind_display().lower(),
        "amount": formats.money(row.amount),
    }
    facts = [
        inbox_words.whose(row.customer),
        Fact(_("Asked by"), row.requested_by.name),
        Fact(_("Reason"), row.reason),
    ]
    if row.invoice is not None:
        url = reverse("staff_billing:invoice", args=[row.invoice.number])
        facts.append(Fact(_("Invoice"), row.invoice.number, url, is_code=True))
    is_current = approvals.is_current(row)
    return Detail(
        question=question,
        said=_("It is above the limit of one person. Approved, it is done at once, exactly so."),
        facts=facts,
        effects=[f"{label}: {value}" for label, value in pages.facts_of(row)],
        warning=""
        if is_current
        else _("What this was decided on has changed since. Approving it closes the request."),
        url=reverse("staff_billing:approval", args=[row.pk]),
    )


def _approve(request: Request, row: Any, _given: Given) -> Done:
    return Done(pages.decided(request, row, is_approved=True, note=""))


def _reject(request: Request, row: Any, given: Given) -> Done:
    return Done(pages.decided(request, row, is_approved=False, note=given["reason"]))


def _verbs(_request: Request, _row: Any) -> list[Verb]:
    return [
        Verb("approve", _("Approve"), _approve),
        Verb("reject", _("Reject"), _reject, form=ReasonForm, is_refusal=True),
    ]


def _decided(user: User, key: int) -> str | None:
    return decision(waiting.visible_to(user), key)


APPROVALS = Source(
    kind="approval",
    label=gettext_lazy("Correction to approve"),
    group=Group.MONEY,
    symbol="scale",
    capability="approvals.decide",
    waiting=_waiting,
    listed=_listed,
    line=_line,
    detail=_detail,
    verbs=_verbs,
    decided=_decided,
)
