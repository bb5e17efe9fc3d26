"""Customers who would not recommend us, as items of the inbox."""

from datetime import datetime

from django.db.models import Exists, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ispbill.accounts.http import Request
from ispbill.accounts.models import User
from ispbill.core.acts import Act
from ispbill.inbox.queries.sources import Detail, Done, Fact, Given, Group, Line, Source, Verb
from tickets.models import Opinion, SupportSettings
from tickets.queries import opinions
from tickets.rules import satisfaction
from tickets.services import opinions as asking


def _waiting(user: User, _at: datetime) -> QuerySet[Opinion]:
    low = opinions.visible_to(user).filter(score__lte=satisfaction.LOW_SCORE)
    unwanted = SupportSettings.objects.filter(low_opinions_wait=False)
    return low.filter(~Exists(unwanted), followed_up_at__isnull=True)


def _listed(found: QuerySet[Opinion], _at: datetime) -> QuerySet[Opinion]:
    return found.select_related("customer", "area").order_by("answered_at", "pk")


def _line(row: Opinion) -> Line:
    said = _("%(score)s of 10") % {"score": row.score}
    who = row.customer.name if row.customer is not None else _("Without a name")
    return Line(
        what=f"{who}: {said}",
        why=row.comment or _("would not recommend us"),
        since=row.answered_at or row.asked_at,
    )


def _detail(_request: Request, row: Opinion) -> Detail:
    if row.customer is None:
        return Detail(
            question=_("Why would somebody not recommend us?"),
            said=row.comment,
            facts=[Fact(_("Score"), _("%(score)s of 10") % {"score": row.score})],
            url=reverse("staff_tickets:surveys"),
        )
    page = reverse("staff_customers:customer", args=[row.customer.number])
    return Detail(
        question=_("Why would %(who)s not recommend us?") % {"who": row.customer.name},
        said=row.comment,
        facts=[
            Fact(_("Score"), _("%(score)s of 10") % {"score": row.score}),
            Fact(_("Area"), row.area.name),
            Fact(_("Customer"), row.customer.number, url=page, is_code=True),
        ],
        url=page,
    )


def _followed_up(request: Request, row: Opinion, _given: Given) -> Done:
    asking.follow_up(opinion=row, act=Act.now(request.user))
    return Done(_("Noted that you have looked into it."))


def _verbs(_request: Request, _row: Opinion) -> list[Verb]:
    return [Verb("done", _("Looked into"), _followed_up)]


def _decided(user: User, key: int) -> str | None:
    row = opinions.visible_to(user).select_related("followed_up_by").filter(pk=key).first()
    if row is None or row.followed_up_by is None:
        return None
    return _("%(who)s has looked into it.") % {"who": row.followed_up_by.name}


LOW_OPINIONS = Source(
    kind="low-opinion",
    label=gettext_lazy("Would not recommend us"),
    group=Group.LINES,
    symbol="star",
    capability="tickets.work",
    waiting=_waiting,
    listed=_listed,
    line=_line,
    detail=_detail,
    verbs=_verbs,
    decided=_decided,
)
