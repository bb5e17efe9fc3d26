"""Jobs that technicians ask somebody else to take over, as items of the inbox."""

from datetime import datetime
from functools import partial

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fieldservice.forms.staff import ReasonForm, SwapForm
from fieldservice.models import SwapRequest, WorkOrder
from fieldservice.queries import orders as queries
from fieldservice.services import swapping
from ispbill.accounts.http import Request
from ispbill.accounts.models import User
from ispbill.core import formats
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


def _visible(user: User) -> QuerySet[SwapRequest]:
    return SwapRequest.objects.filter(order__in=queries.visible_to(user))


def _waiting(user: User, _at: datetime) -> QuerySet[SwapRequest]:
    return _visible(user).filter(
        state=SwapRequest.State.OPEN,
        order__state=WorkOrder.State.ASSIGNED,
        order__technician=F("technician"),
    )


def _listed(found: QuerySet[SwapRequest], _at: datetime) -> QuerySet[SwapRequest]:
    return found.select_related("order__customer", "technician").order_by("asked_at", "pk")


def _line(row: SwapRequest) -> Line:
    what = _("%(name)s cannot do %(number)s") % {
        "name": row.technician.name,
        "number": row.order.number,
    }
    return Line(what=what, why=row.reason, since=row.asked_at)


def _detail(_request: Request, row: SwapRequest) -> Detail:
    order = row.order
    facts = [
        Fact(_("Job"), order.number, is_code=True),
        Fact(_("Customer"), order.customer.name),
        Fact(_("Technician"), row.technician.name),
    ]
    if order.window_start is not None:
        facts.append(Fact(_("Window"), formats.moment(order.window_start)))
    return Detail(
        question=_("Who takes %(number)s over?") % {"number": order.number},
        said=row.reason,
        facts=facts,
        url=reverse("staff_fieldservice:detail", args=[order.number]),
    )


def _grant(request: Request, row: SwapRequest, given: Given) -> Done:
    act = Act.now(request.user, reason=str(given["reason"]))
    swapping.grant(swap=row, to=given["technician"], act=act)
    return Done(_("%(number)s is given to somebody else.") % {"number": row.order.number})


def _refuse(request: Request, row: SwapRequest, given: Given) -> Done:
    swapping.refuse(swap=row, act=Act.now(request.user, reason=str(given["reason"])))
    return Done(_("%(number)s stays where it is.") % {"number": row.order.number})


def _verbs(request: Request, row: SwapRequest) -> list[Verb]:
    ask = partial(SwapForm, user=request.user, but=row.technician)
    return [
        Verb("grant", _("Give to somebody else"), _grant, form=ask),
        Verb("refuse", _("Refuse"), _refuse, form=ReasonForm, is_refusal=True),
    ]


def _decided(user: User, key: int) -> str | None:
    return decision(_visible(user), key, state="state")


SWAPS = Source(
    kind="job-swap",
    label=gettext_lazy("Jobs to be taken over"),
    group=Group.REQUESTS,
    symbol="arrows-exchange",
    capability="field.edit",
    waiting=_waiting,
    listed=_listed,
    line=_line,
    detail=_detail,
    verbs=_verbs,
    decided=_decided,
)
