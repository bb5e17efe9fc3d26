"""Jobs that wait for the office: failed, late, or complete with an effect that waits."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fieldservice.forms.staff import ReasonForm
from fieldservice.models import WorkOrder
from fieldservice.queries import orders as queries
from fieldservice.services import completion, field_files, orders
from ispbill.accounts.http import Request
from ispbill.accounts.models import User
from ispbill.core import formats
from ispbill.core.acts import Act
from ispbill.inbox.queries.sources import Detail, Done, Fact, Given, Group, Line, Source, Verb


def _waiting(user: User, at: datetime) -> QuerySet[WorkOrder]:
    return queries.attention(queries.visible_to(user), at)


def _listed(found: QuerySet[WorkOrder], _at: datetime) -> QuerySet[WorkOrder]:
    return found.select_related("customer", "technician").order_by("window_end", "pk")


def _line(row: WorkOrder) -> Line:
    return Line(
        what=f"{row.get_kind_display()}: {row.customer.name}",
        why=_why(row),
        since=row.window_end or row.created_at,
    )


def _why(row: WorkOrder) -> str:
    if row.effect_state == WorkOrder.Effect.WAITING:
        return _("Complete, but not carried out: %(why)s") % {"why": row.effect_note}
    if row.state == WorkOrder.State.FAILED:
        return _("Could not be done")
    if row.state not in {WorkOrder.State.ASSIGNED, WorkOrder.State.EN_ROUTE}:
        return _("Photos have not come for three days")
    return _("Late: nobody has begun")


def _detail(_request: Request, row: WorkOrder) -> Detail:
    visit = row.visits.select_related("technician").order_by("-visit_no").first()
    facts = [
        Fact(_("Job"), row.number, is_code=True),
        Fact(_("Customer"), row.customer.name),
        Fact(_("Address"), row.address),
        Fact(_("Technician"), row.technician.name if row.technician else "—"),
    ]
    if row.window_start is not None:
        facts.append(Fact(_("Window"), formats.moment(row.window_start)))
    said = ""
    if visit is not None and visit.failure:
        said = f"{visit.get_failure_display()}: {visit.failure_text}"
    return Detail(
        question=_("%(number)s: what now?") % {"number": row.number},
        said=said or _why(row),
        facts=facts,
        url=reverse("staff_fieldservice:detail", args=[row.number]),
    )


def _carry_out(request: Request, row: WorkOrder, given: Given) -> Done:
    completion.carry_out(order=row, act=Act.now(request.user, reason=str(given["reason"])))
    return Done(_("%(number)s is carried out.") % {"number": row.number})


def _take_back(request: Request, row: WorkOrder, given: Given) -> Done:
    orders.unassign(order=row, act=Act.now(request.user, reason=str(given["reason"])))
    return Done(_("%(number)s waits to be given out anew.") % {"number": row.number})


def _cancel(request: Request, row: WorkOrder, given: Given) -> Done:
    orders.cancel(order=row, act=Act.now(request.user, reason=str(given["reason"])))
    return Done(_("%(number)s is cancelled.") % {"number": row.number})


def _do_without(request: Request, row: WorkOrder, given: Given) -> Done:
    field_files.give_up(order=row, act=Act.now(request.user, reason=str(given["reason"])))
    return Done(_("%(number)s does without its missing photos.") % {"number": row.number})


def _verbs(_request: Request, row: Any) -> list[Verb]:
    if row.effect_state == WorkOrder.Effect.WAITING:
        return [Verb("carry-out", _("Carry out"), _carry_out, form=ReasonForm)]
    states = WorkOrder.State
    if row.state not in {states.FAILED, states.ASSIGNED, states.EN_ROUTE}:
        return [Verb("without", _("Do without the photos"), _do_without, form=ReasonForm)]
    can_be_taken_back = row.state in {WorkOrder.State.ASSIGNED, WorkOrder.State.FAILED}
    again = Verb(
        "again", _("Back into the pile"), _take_back, form=ReasonForm, is_possible=can_be_taken_back
    )
    return [again, Verb("cancel", _("Cancel"), _cancel, form=ReasonForm, is_refusal=True)]


def _decided(user: User, key: int) -> str | None:
    row = queries.visible_to(user).filter(pk=key).first()
    return str(row.get_state_display()) if row is not None else None


JOBS = Source(
    kind="job",
    label=gettext_lazy("Job late or failed"),
    group=Group.REQUESTS,
    symbol="truck",
    capability="field.edit",
    waiting=_waiting,
    listed=_listed,
    line=_line,
    detail=_detail,
    verbs=_verbs,
    decided=_decided,
)
