"""Online top-ups that a gateway found risky, or that came otherwise than asked, in the inbox."""

from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ispbill.accounts.http import Request
from ispbill.accounts.models import User
from ispbill.audit.forms import ReasonForm
from ispbill.core import formats
from ispbill.core.acts import Act
from ispbill.inbox.queries.sources import Detail, Done, Fact, Given, Group, Line, Source, Verb
from resellers.models import Checkout
from resellers.queries import wallets as queries
from resellers.services import checkouts


def _waiting(user: User, _at: datetime) -> QuerySet[Checkout]:
    return queries.visible_checkouts(user).filter(state=Checkout.State.HELD)


def _listed(found: QuerySet[Checkout], _at: datetime) -> QuerySet[Checkout]:
    return found.order_by("pk")


def _line(row: Checkout) -> Line:
    return Line(
        what=row.reseller.name,
        why=row.words or row.account.name,
        since=row.started_at,
        amount=row.paid_amount or row.amount,
    )


def _detail(_request: Request, row: Checkout) -> Detail:
    paid = formats.money(row.paid_amount or row.amount)
    return Detail(
        question=_("Does %(amount)s go into the wallet?") % {"amount": paid},
        said=row.words,
        facts=[
            Fact(_("Reseller"), row.reseller.name),
            Fact(_("Asked for"), formats.money(row.amount)),
            Fact(_("Paid by"), f"{row.account.name} {row.gateway_reference}".strip()),
        ],
        url=reverse("staff_resellers:reseller", args=[row.reseller.number]),
    )


def _accept(request: Request, row: Checkout, given: Given) -> Done:
    act = Act.now(request.user, reason=given["reason"])
    checkouts.decide(checkout=row, accepts=True, act=act)
    return Done(_("It is in the wallet."))


def _refuse(request: Request, row: Checkout, given: Given) -> Done:
    act = Act.now(request.user, reason=given["reason"])
    checkouts.decide(checkout=row, accepts=False, act=act)
    return Done(_("Refused. It goes back the way it came."))


def _verbs(_request: Request, _row: Checkout) -> list[Verb]:
    return [
        Verb("accept", _("Accept"), _accept, form=ReasonForm),
        Verb("refuse", _("Refuse"), _refuse, form=ReasonForm, is_refusal=True),
    ]


def _decided(user: User, key: int) -> str | None:
    row = queries.visible_checkouts(user).filter(pk=key).first()
    return row.get_state_display() if row is not None else None


TOP_UPS = Source(
    kind="held-top-up",
    label=gettext_lazy("Top-up held for review"),
    group=Group.MONEY,
    symbol="building-store",
    capability="payouts.pay",
    waiting=_waiting,
    listed=_listed,
    line=_line,
    detail=_detail,
    verbs=_verbs,
    decided=_decided,
)
