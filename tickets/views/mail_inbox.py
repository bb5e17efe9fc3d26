"""Mails nobody could place, as items of the inbox."""

from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ispbill.accounts.http import Request
from ispbill.accounts.models import User
from ispbill.audit.forms import ReasonForm
from ispbill.core.acts import Act
from ispbill.inbox.queries.sources import Detail, Done, Fact, Given, Group, Line, Source, Verb
from tickets.models import InboundMail
from tickets.models.mail import WAITING
from tickets.queries import mail as mails
from tickets.services import mail_deciding


def _waiting(user: User, _at: datetime) -> QuerySet[InboundMail]:
    return mails.visible_to(user).filter(state__in=WAITING)


def _listed(found: QuerySet[InboundMail], _at: datetime) -> QuerySet[InboundMail]:
    return found.defer("raw").order_by("pk")


def _line(row: InboundMail) -> Line:
    who = row.sender_name or row.sender or _("Unknown sender")
    return Line(
        what=f"{who}: {row.subject or '—'}", why=row.get_state_display(), since=row.received_at
    )


def _detail(_request: Request, row: InboundMail) -> Detail:
    return Detail(
        question=_("Whose mail is this?"),
        facts=[
            Fact(_("From"), row.sender or "—"),
            Fact(_("Subject"), row.subject or "—"),
            Fact(_("State"), row.get_state_display()),
        ],
        url=reverse("staff_tickets:one-mail", args=[row.pk]),
    )


def _discard(request: Request, row: InboundMail, given: Given) -> Done:
    mail_deciding.discard(row=row, act=Act.now(request.user, reason=given["reason"]))
    return Done(_("The mail is discarded."))


def _verbs(_request: Request, _row: InboundMail) -> list[Verb]:
    return [Verb("discard", _("Discard"), _discard, form=ReasonForm, is_refusal=True)]


def _decided(user: User, key: int) -> str | None:
    row = mails.visible_to(user).filter(pk=key).first()
    return row.get_state_display() if row is not None else None


MAILS = Source(
    kind="mail",
    label=gettext_lazy("E-mail nobody could place"),
    group=Group.LINES,
    symbol="mail",
    capability="tickets.work",
    waiting=_waiting,
    listed=_listed,
    line=_line,
    detail=_detail,
    verbs=_verbs,
    decided=_decided,
)
