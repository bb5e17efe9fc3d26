"""Retention tasks whose week is over: they wait for whoever took them on, or for everybody."""

from datetime import datetime, timedelta
from functools import partial

from django.db.models import Q, QuerySet
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from churn.forms.retention import CloseForm
from churn.models import RetentionTask
from churn.queries import tasks as queries
from churn.queries import wording
from churn.queries.wording import Said
from churn.services import retention
from churn.views import words
from customers.views import links
from customers.views.inbox_words import whose
from ispbill.accounts.http import Request
from ispbill.accounts.models import User
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
    Urgency,
    Verb,
)

_NEAR = timedelta(days=1)


def _waiting(user: User, at: datetime) -> QuerySet[RetentionTask]:
    due = Q(closed_at=None, due_on__lte=clock.local_date(at + _NEAR))
    mine = Q(assigned_to=user) | Q(assigned_to=None)
    return queries.visible_to(user).filter(due & mine)


def _listed(found: QuerySet[RetentionTask], _at: datetime) -> QuerySet[RetentionTask]:
    return queries.listed(found, queries.DUE)


def _line(row: RetentionTask) -> Line:
    score = getattr(row.customer, "churn_score", None)
    return Line(
        what=_("%(name)s may leave") % {"name": row.customer.name},
        why=str(row.get_action_display()),
        since=row.created_at,
        amount=score.monthly_amount if score is not None else None,
        urgency=Urgency.DAY_NEAR,
    )


def _detail(_request: Request, row: RetentionTask) -> Detail:
    score = getattr(row.customer, "churn_score", None)
    said = wording.words([score]).get(row.customer_id) if score is not None else None
    until = formats.day(row.due_on, get_language() or "en")
    facts = [
        whose(row.customer),
        Fact(_("Phone"), row.customer.phone, f"tel:{row.customer.phone}"),
        Fact(_("State"), row.get_state_display()),
        Fact(_("Until"), until),
    ]
    if words.offered(row):
        facts.append(Fact(_("Offer made"), words.offered(row)))
    return Detail(
        question=_("What about %(name)s?") % {"name": row.customer.name},
        said=_quoted(said),
        facts=facts,
        url=links.customer(row.customer.number, tab="churn"),
    )


def _quoted(said: Said | None) -> str:
    if said is None:
        return ""
    return f"{said.text} ({_('AI-generated')})" if said.is_by_ai else said.text


def _end(request: Request, row: RetentionTask, given: Given) -> Done:
    values = {
        "state": given["state"],
        "outcome": given["outcome"],
        "takes_offer": bool(given.get("takes_offer")),
    }
    if given.get("cost"):
        values["cost"] = given["cost"]
    retention.close(task=row, act=Act.now(request.user), **values)
    return Done(_("The task is done."))


def _take(request: Request, row: RetentionTask, _given: Given) -> Done:
    retention.assign(task=row, to=request.user, act=Act.now(request.user))
    return Done(_("It is yours now."))


def _verbs(request: Request, row: RetentionTask) -> list[Verb]:
    verbs = [Verb("end", _("Say how it ended"), _end, form=partial(CloseForm, task=row))]
    if row.assigned_to_id != request.user.pk:
        verbs.append(Verb("take", _("Take it on"), _take))
    return verbs


def _decided(user: User, key: int) -> str | None:
    row = queries.visible_to(user).filter(pk=key).first()
    return str(row.get_state_display()) if row is not None else None


TASKS = Source(
    kind="retention-task",
    label=gettext_lazy("Customer who may leave"),
    group=Group.REQUESTS,
    symbol="heartbeat",
    capability="churn.work",
    waiting=_waiting,
    listed=_listed,
    line=_line,
    detail=_detail,
    verbs=_verbs,
    decided=_decided,
)
