"""Provisional receipts with something odd about them, as items of the inbox."""

from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fieldservice.rounds.forms.hand_over import LookedIntoForm
from fieldservice.rounds.models import RoundReceipt
from fieldservice.rounds.queries import rounds
from fieldservice.rounds.services import lost, receipts
from fieldservice.rounds.views.words import FLAGS
from ispbill.accounts.http import Request
from ispbill.accounts.models import User
from ispbill.core import formats
from ispbill.core.acts import Act
from ispbill.inbox.queries.sources import Detail, Done, Fact, Given, Group, Line, Source, Verb


def _listed(found: QuerySet[RoundReceipt], _at: datetime) -> QuerySet[RoundReceipt]:
    rows = found.select_related("customer", "collector", "payment")
    return rows.order_by("received_at", "pk")


def _why(row: RoundReceipt) -> str:
    return "; ".join(str(FLAGS[flag]) for flag in row.flags)


def _line(row: RoundReceipt) -> Line:
    return Line(
        what=f"{row.number}: {row.customer.name}",
        why=_why(row),
        since=row.received_at,
        amount=row.amount,
    )


def _detail(_request: Request, row: RoundReceipt) -> Detail:
    facts = [
        Fact(_("Collector"), row.collector.name),
        Fact(_("Taken"), formats.moment(row.taken_at)),
        Fact(_("State"), row.get_state_display()),
    ]
    if row.void_reason:
        facts.append(Fact(_("Reason"), row.void_reason))
    url = ""
    if row.payment is not None:
        url = reverse("staff_payments:detail", args=[row.payment.receipt_number])
        facts.append(Fact(_("Receipt"), row.payment.receipt_number, url, is_code=True))
    question = _("What is there to %(number)s?") % {"number": row.number}
    return Detail(question=question, said=_why(row), facts=facts, url=url)


def _look(request: Request, row: RoundReceipt, given: Given) -> Done:
    receipts.look_into(receipt=row, act=Act.now(request.user, reason=str(given["reason"])))
    return Done(_("Noted that you have looked into it."))


def _settle(request: Request, row: RoundReceipt, given: Given) -> Done:
    act = Act.now(request.user, reason=str(given["reason"]))
    return Done(
        _("%(number)s is in the books.") % {"number": lost.settle_held(receipt=row, act=act)}
    )


def _verbs(_request: Request, row: RoundReceipt) -> list[Verb]:
    if row.state == RoundReceipt.State.HELD:
        return [
            Verb("settle", _("Settle"), _settle, form=LookedIntoForm),
            Verb("done", _("Leave it aside"), _look, form=LookedIntoForm, is_refusal=True),
        ]
    return [Verb("done", _("Looked into"), _look, form=LookedIntoForm)]


def _decided(user: User, key: int) -> str | None:
    row = rounds.visible_to(user).select_related("seen_by").filter(pk=key).first()
    if row is None or row.seen_by is None:
        return None
    return _("%(who)s has looked into it.") % {"who": row.seen_by.name}


ODD = Source(
    kind="round-receipt",
    label=gettext_lazy("Receipts of rounds to look into"),
    group=Group.MONEY,
    symbol="receipt",
    capability="cash.supervise",
    waiting=rounds.unseen,
    listed=_listed,
    line=_line,
    detail=_detail,
    verbs=_verbs,
    decided=_decided,
)
