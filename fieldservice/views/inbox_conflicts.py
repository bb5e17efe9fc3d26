"""What phones sent and the office had overtaken, as items of the inbox."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fieldservice.forms.staff import ReasonForm
from fieldservice.models import FieldAction
from fieldservice.queries import orders as queries
from fieldservice.services import outbox
from fieldservice.views import action_words
from ispbill.accounts.http import Request
from ispbill.accounts.models import User
from ispbill.core.acts import Act
from ispbill.inbox.queries.sources import (
    Change,
    Detail,
    Done,
    Given,
    Group,
    Line,
    Source,
    Verb,
    decision,
)


def _visible(user: User) -> QuerySet[FieldAction]:
    return FieldAction.objects.filter(order__in=queries.visible_to(user))


def _waiting(user: User, _at: datetime) -> QuerySet[FieldAction]:
    return _visible(user).filter(outcome=FieldAction.Outcome.CONFLICT)


def _listed(found: QuerySet[FieldAction], _at: datetime) -> QuerySet[FieldAction]:
    return found.select_related("order__customer", "technician").order_by("received_at", "pk")


def _line(row: FieldAction) -> Line:
    return Line(what=action_words.title(row), why=row.order.customer.name, since=row.received_at)


def _detail(_request: Request, row: FieldAction) -> Detail:
    technicians, office, *_more = [*action_words.both(row), ""]
    return Detail(
        question=_("Which version holds?"),
        said=action_words.title(row),
        changes=[Change(_("Versions"), office, technicians)],
        url=reverse("staff_fieldservice:detail", args=[row.order.number]),
    )


def _take(request: Request, row: FieldAction, given: Given) -> Done:
    outbox.take_over(action=row, act=Act.now(request.user, reason=str(given["reason"])))
    return Done(_("The technician's version holds."))


def _leave(request: Request, row: FieldAction, given: Given) -> Done:
    outbox.leave_aside(action=row, act=Act.now(request.user, reason=str(given["reason"])))
    return Done(_("The office's version holds."))


def _verbs(_request: Request, _row: Any) -> list[Verb]:
    return [
        Verb("take", _("Take the technician's"), _take, form=ReasonForm),
        Verb("leave", _("Keep the office's"), _leave, form=ReasonForm, is_refusal=True),
    ]


def _decided(user: User, key: int) -> str | None:
    return decision(_visible(user), key, state="outcome")


CONFLICTS = Source(
    kind="field-conflict",
    label=gettext_lazy("Two versions of a job"),
    group=Group.REQUESTS,
    symbol="arrows-exchange",
    capability="field.decide",
    waiting=_waiting,
    listed=_listed,
    line=_line,
    detail=_detail,
    verbs=_verbs,
    decided=_decided,
)
