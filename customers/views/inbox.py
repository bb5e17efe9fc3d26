"""Calls that are to be followed up, in the inbox of whoever said so."""

from datetime import datetime
from functools import partial

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.forms.calls import CallForm
from customers.models import Call
from customers.queries import calls as queries
from customers.services import calls
from customers.services.calls import Talk
from customers.views.inbox_words import whose
from ispbill.accounts.http import Request
from ispbill.accounts.models import User
from ispbill.core import formats
from ispbill.core.acts import Act
from ispbill.inbox.queries.sources import Detail, Done, Fact, Given, Group, Line, Source, Verb


def _waiting(user: User, at: datetime) -> QuerySet[Call]:
    return queries.to_follow_up(user, at=at)


def _listed(found: QuerySet[Call], _at: datetime) -> QuerySet[Call]:
    return found.select_related("customer", "lead").order_by("follow_up_at", "pk")


def _line(row: Call) -> Line:
    since = row.follow_up_at or row.at
    return Line(what=_("Call %(name)s again") % {"name": row.who}, why=row.text[:80], since=since)


def _detail(_request: Request, row: Call) -> Detail:
    facts = [
        Fact(_("Phone"), row.phone, f"tel:{row.phone}"),
        Fact(_("Last call"), formats.moment(row.at)),
        Fact(_("Outcome"), row.get_outcome_display()),
    ]
    url = reverse("staff_customers:leads")
    if row.customer is not None:
        facts.insert(0, whose(row.customer))
        url = reverse("staff_customers:customer", args=[row.customer.number])
    return Detail(
        question=_("Call %(name)s again") % {"name": row.who}, said=row.text, facts=facts, url=url
    )


def _called(request: Request, row: Call, given: Given) -> Done:
    minutes = given["minutes"]
    talk = Talk(
        outcome=str(given["outcome"]),
        direction=str(given["direction"]),
        text=str(given["text"]),
        seconds=None if minutes is None else minutes * 60,
        follow_up_at=given["follow_up_at"],
        owner=given["owner"],
    )
    calls.log(talk=talk, act=Act.now(request.user), customer=row.customer, lead=row.lead)
    return Done(_("The call is written down."))


def _finish(request: Request, row: Call, _given: Given) -> Done:
    calls.finish(call=row, act=Act.now(request.user))
    return Done(_("Nothing is left to follow up."))


def _verbs(request: Request, _row: Call) -> list[Verb]:
    form = partial(CallForm, user=request.user)
    return [
        Verb("called", _("Log call"), _called, form=form),
        Verb("finish", _("Not needed any more"), _finish, is_refusal=True),
    ]


def _decided(user: User, key: int) -> str | None:
    row = Call.objects.filter(pk=key, owner=user).first()
    if row is None:
        return None
    return _("Called again or noted.") if row.done_at is not None else _("Not due yet.")


CALLS = Source(
    kind="call",
    label=gettext_lazy("Call again"),
    group=Group.REQUESTS,
    symbol="phone",
    capability="notes.write",
    waiting=_waiting,
    listed=_listed,
    line=_line,
    detail=_detail,
    verbs=_verbs,
    decided=_decided,
)
