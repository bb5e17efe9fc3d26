"""Credit for outages, as items of the inbox."""

from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.compensation.models import OutageCrediting
from billing.compensation.queries import outage_credits as queries
from billing.compensation.services import outage_credits as services
from ispbill.accounts.http import Request
from ispbill.accounts.models import User
from ispbill.audit.forms import ReasonForm
from ispbill.core import formats
from ispbill.core.acts import Act
from ispbill.inbox.queries.sources import Detail, Done, Fact, Given, Group, Line, Source, Verb


def _waiting(user: User, _at: datetime) -> QuerySet[OutageCrediting]:
    return queries.visible_to(user).filter(state=OutageCrediting.State.PROPOSED)


def _listed(found: QuerySet[OutageCrediting], _at: datetime) -> QuerySet[OutageCrediting]:
    return found.order_by("made_at", "pk")


def _line(row: OutageCrediting) -> Line:
    return Line(
        what=_("Credit for %(number)s") % {"number": row.outage.number},
        why=row.outage.title,
        since=row.made_at,
        amount=row.net_amount,
    )


def _detail(_request: Request, row: OutageCrediting) -> Detail:
    return Detail(
        question=_("Give customers credit for %(title)s?") % {"title": row.outage.title},
        facts=[
            Fact(_("Services"), formats.number(row.services)),
            Fact(_("Before tax"), formats.money(row.net_amount)),
            Fact(_("Start"), formats.moment(row.outage.started_at)),
            Fact(
                _("Service was back at"),
                formats.moment(row.outage.restored_at) if row.outage.restored_at else "–",
            ),
        ],
        effects=[_("Each customer gets a credit note and a message.")],
        url=reverse("staff_network:outage", args=[row.outage.number]),
    )


def _order(request: Request, row: OutageCrediting, given: Given) -> Done:
    services.order(crediting_row=row, act=Act.now(request.user, reason=given["reason"]))
    return Done(_("The credit notes are being written."))


def _drop(request: Request, row: OutageCrediting, given: Given) -> Done:
    services.drop(crediting_row=row, act=Act.now(request.user, reason=given["reason"]))
    return Done(_("Nobody gets credit for it."))


def _verbs(_request: Request, _row: OutageCrediting) -> list[Verb]:
    return [
        Verb("give", _("Give credit"), _order, form=ReasonForm),
        Verb("drop", _("No credit"), _drop, form=ReasonForm, is_refusal=True),
    ]


def _decided(user: User, key: int) -> str | None:
    row = queries.visible_to(user).filter(pk=key).first()
    return None if row is None else str(row.get_state_display())


CREDITS = Source(
    kind="outage-credit",
    label=gettext_lazy("Credit for an outage"),
    group=Group.MONEY,
    symbol="wifi-off",
    capability="billing.correct",
    waiting=_waiting,
    listed=_listed,
    line=_line,
    detail=_detail,
    verbs=_verbs,
    decided=_decided,
)
