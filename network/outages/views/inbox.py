"""Outages that are proposed, and months that missed their target, as items of the inbox."""

from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

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
    Urgency,
    Verb,
)
from network.outages.forms.outages import SayForm
from network.outages.models import Outage, UptimeMonth
from network.outages.queries import outages as queries
from network.outages.queries import reach, uptime
from network.outages.rules import moves
from network.outages.rules import uptime as rules
from network.outages.services import judging, moving
from network.outages.services.moving import Words
from network.outages.views import words


def _waiting(user: User, _at: datetime) -> QuerySet[Outage]:
    return queries.editable_by(user).filter(state=moves.PROPOSED)


def _listed(found: QuerySet[Outage], _at: datetime) -> QuerySet[Outage]:
    return queries.listed(found)


def _line(outage: Outage) -> Line:
    shown = words.row(outage, at=clock.now())
    return Line(
        what=outage.title,
        why=_("Silent for %(length)s") % {"length": shown.lasts},
        since=outage.started_at,
        urgency=Urgency.CUSTOMER_OFF,
    )


def _detail(_request: Request, outage: Outage) -> Detail:
    shown = words.row(outage, at=clock.now())
    people = reach.of_outage(outage)
    return Detail(
        question=_("Is it an outage? %(title)s") % {"title": outage.title},
        facts=[
            Fact(_("Places"), shown.where),
            Fact(_("Silent for"), shown.lasts),
            Fact(_("Customers in reach"), formats.number(len(people))),
        ],
        effects=[
            _("The status page and the portal show it at once."),
            _("Nobody gets a message before you send it."),
        ],
        url=reverse("staff_network:outage", args=[outage.number]),
    )


def _take_on(request: Request, outage: Outage, given: Given) -> Done:
    said = Words(given["text"], given["local_text"])
    moving.post(outage=outage, state=moves.INVESTIGATING, words=said, act=Act.now(request.user))
    return Done(_("%(number)s is open now.") % {"number": outage.number})


def _cancel(request: Request, outage: Outage, given: Given) -> Done:
    moving.cancel(outage=outage, act=Act.now(request.user, reason=given["reason"]))
    return Done(_("%(number)s is cancelled.") % {"number": outage.number})


def _verbs(_request: Request, _outage: Outage) -> list[Verb]:
    return [
        Verb("take", _("Take it on"), _take_on, form=SayForm),
        Verb("cancel", _("It is none"), _cancel, form=ReasonForm, is_refusal=True),
    ]


def _decided(user: User, key: int) -> str | None:
    row = queries.visible_to(user).filter(pk=key).first()
    return None if row is None else str(row.get_state_display())


PROPOSED = Source(
    kind="outage",
    label=gettext_lazy("Proposed outage"),
    group=Group.LINES,
    symbol="wifi-off",
    capability="outages.edit",
    waiting=_waiting,
    listed=_listed,
    line=_line,
    detail=_detail,
    verbs=_verbs,
    decided=_decided,
)


def _missed(user: User, _at: datetime) -> QuerySet[UptimeMonth]:
    return uptime.breaches(user)


def _missed_listed(found: QuerySet[UptimeMonth], _at: datetime) -> QuerySet[UptimeMonth]:
    return found.select_related("router", "area").order_by("month", "pk")


def _name(row: UptimeMonth) -> str:
    return row.router.name if row.router else row.area.name if row.area else _("All lines")


def _missed_line(row: UptimeMonth) -> Line:
    percent = rules.shown(total=row.total_seconds, down=row.down_seconds, target=row.target)
    return Line(
        what=f"{_name(row)}: {percent} %",
        why=_("promised %(target)s %% in %(month)s")
        % {"target": row.target.normalize(), "month": formats.month(row.month)},
        since=row.closed_at or clock.now(),
    )


def _missed_detail(_request: Request, row: UptimeMonth) -> Detail:
    shown = _missed_line(row)
    return Detail(
        question=_("Why was the target missed? %(what)s") % {"what": shown.what},
        said=shown.why,
        facts=[Fact(_("Minutes down"), formats.number(row.down_seconds // 60))],
        url=f"{reverse('staff_network:uptime')}?month={row.month:%Y-%m}",
    )


def _looked(request: Request, row: UptimeMonth, given: Given) -> Done:
    judging.look_into(row=row, act=Act.now(request.user, reason=given["reason"]))
    return Done(_("Noted that you have looked into it."))


def _missed_verbs(_request: Request, _row: UptimeMonth) -> list[Verb]:
    return [Verb("done", _("Looked into"), _looked, form=ReasonForm)]


def _missed_decided(user: User, key: int) -> str | None:
    row = uptime.visible_to(user).select_related("seen_by").filter(pk=key).first()
    if row is None or row.seen_by is None:
        return None
    return _("%(who)s has looked into it.") % {"who": row.seen_by.name}


BREACHES = Source(
    kind="uptime",
    label=gettext_lazy("Uptime below the promise"),
    group=Group.LINES,
    symbol="activity",
    capability="outages.edit",
    waiting=_missed,
    listed=_missed_listed,
    line=_missed_line,
    detail=_missed_detail,
    verbs=_missed_verbs,
    decided=_missed_decided,
)
