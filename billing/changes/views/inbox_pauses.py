"""Pauses customers ask for, as items of the inbox."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.changes.forms.changes import RejectionForm
from billing.changes.models import PauseRequest
from billing.changes.queries import pauses as queries
from billing.changes.services import pauses
from billing.changes.views import pause_words
from billing.changes.views import service_effects as effects
from billing.pricing.views import words
from customers.queries import urgency
from customers.views import inbox_words
from ispbill.accounts.http import Request
from ispbill.accounts.models import User
from ispbill.core import formats
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


def _waiting(user: User, _at: datetime) -> QuerySet[PauseRequest]:
    return queries.visible_to(user).filter(status=PauseRequest.Status.REQUESTED)


def _listed(found: QuerySet[PauseRequest], at: datetime) -> QuerySet[PauseRequest]:
    people = ("customer__account_state", "subscription__customer", "subscription__package")
    return urgency.ranked(found.select_related(*people), at=at, since="requested_at")


def _line(row: Any) -> Line:
    return Line(
        what=_("Pause request, %(name)s") % {"name": row.customer.name},
        why=inbox_words.about(words.period(row.span.lower, row.span.upper), inbox_words.cost(row)),
        since=row.requested_at,
        urgency=row.urgency,
    )


def _detail(_request: Request, row: Any) -> Detail:
    start, until = row.span.lower, row.span.upper
    effect = queries.effect(row.subscription, start=start, until=until)
    facts = [
        inbox_words.whose(row.customer),
        Fact(_("Service"), row.subscription.connection_id, is_code=True),
        Fact(_("Days"), words.period(start, until)),
        Fact(_("Shown to the customer as coming back"), formats.money(row.credit_amount)),
    ]
    if row.note:
        facts.append(Fact(_("The customer says"), row.note))
    balance = row.customer.account_state.balance_amount
    return Detail(
        question=_("Pause the line of %(name)s?") % {"name": row.customer.name},
        said=pause_words.line(start, until),
        facts=facts,
        changes=[Change(_("Line"), _("On"), _("Closed from %(day)s") % {"day": words.day(start)})],
        effects=[
            effects.line_effect(row.subscription, _("%(router)s closes it and opens it again.")),
            *pause_words.money(effect),
            _("The customer gets a message."),
        ],
        warning=_("The customer owes %(amount)s.") % {"amount": formats.money(balance)}
        if balance > 0
        else "",
        url=reverse("staff_billing:pauses"),
    )


def _approve(request: Request, row: Any, _given: Given) -> Done:
    pauses.approve(request=row, note="", act=Act.now(request.user))
    return Done(_("The pause of %(name)s is planned.") % {"name": row.customer.name})


def _refuse(request: Request, row: Any, given: Given) -> Done:
    pauses.refuse(request=row, note=given["note"], act=Act.now(request.user))
    return Done(_("The request is rejected."))


def _verbs(_request: Request, _row: Any) -> list[Verb]:
    stays = [_("The service stays as it is."), _("The customer gets a message with your reason.")]
    return [
        Verb("approve", _("Approve"), _approve),
        Verb("reject", _("Reject"), _refuse, form=RejectionForm, is_refusal=True, effects=stays),
    ]


def _decided(user: User, key: int) -> str | None:
    return decision(queries.visible_to(user), key)


PAUSES = Source(
    kind="pause",
    label=gettext_lazy("Pause request"),
    group=Group.REQUESTS,
    symbol="player-pause",
    capability="services.switch",
    waiting=_waiting,
    listed=_listed,
    line=_line,
    detail=_detail,
    verbs=_verbs,
    decided=_decided,
)
