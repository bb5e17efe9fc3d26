"""Cash that somebody else has held, as items of the inbox: counts to sign, cash handed over."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.tills.models import Handover, Shift
from ispbill.accounts.http import Request
from ispbill.accounts.models import User
from ispbill.audit.forms import ReasonForm
from ispbill.core import formats
from ispbill.core.acts import Act
from ispbill.core.money import ZERO
from ispbill.inbox.queries.sources import (
    Change,
    Detail,
    Done,
    Fact,
    Given,
    Group,
    Line,
    Source,
    Urgency,
    Verb,
    decision,
)
from payments.desk.forms.desk import Accept, Sign
from payments.desk.queries import tills
from payments.desk.services import handovers, shifts
from payments.desk.views.shifts import address, sign_effects


def _counts(user: User, _at: datetime) -> QuerySet[Shift]:
    return tills.to_sign(user)


def _listed_counts(found: QuerySet[Shift], _at: datetime) -> QuerySet[Shift]:
    return found.order_by("counted_at", "pk")


def _count_line(row: Any) -> Line:
    difference = row.found_difference
    why = _("It adds up")
    if difference:
        words = _("%(amount)s missing") if difference < 0 else _("%(amount)s too much")
        why = words % {"amount": formats.money(abs(difference))}
    return Line(
        what=_("Cash count of %(name)s") % {"name": row.person.name},
        why=f"{why} · {row.number}",
        since=row.counted_at,
        amount=row.counted_amount,
        urgency=Urgency.DAY_NEAR if difference else Urgency.WAITS,
    )


def _count_detail(_request: Request, row: Any) -> Detail:
    counted, expected = row.counted_amount or ZERO, row.expected_amount or ZERO
    facts = [
        Fact(_("Shift"), row.number, address(row), is_code=True),
        Fact(_("Branch"), row.branch.name),
        Fact(_("Should be there"), formats.money(expected)),
        Fact(_("Counted"), formats.money(counted)),
    ]
    if row.difference_reason:
        facts.append(Fact(_("Reason of the difference"), row.difference_reason))
    return Detail(
        question=_("Sign the count of %(person)s?") % {"person": row.person.name},
        facts=facts,
        changes=[Change(_("Shift"), row.get_state_display(), Shift.State.CLOSED.label)],
        effects=sign_effects(row),
        url=address(row),
        seen={"seen": f"{counted}"},
    )


def _sign(request: Request, row: Any, _given: Given) -> Done:
    form = Sign(request.POST)
    seen = form.cleaned_data["seen"] if form.is_valid() else ZERO
    shift = shifts.sign_off(shift=row, seen_amount=seen, act=Act.now(request.user))
    return Done(_("%(number)s is closed.") % {"number": shift.number})


def _count_verbs(_request: Request, _row: Any) -> list[Verb]:
    return [Verb("sign", _("Sign"), _sign)]


def _count_decided(user: User, key: int) -> str | None:
    return decision(tills.visible_to(user), key, state="state", by="signed_by")


def _offers(user: User, _at: datetime) -> QuerySet[Handover]:
    return tills.waiting_for(user)


def _listed_offers(found: QuerySet[Handover], _at: datetime) -> QuerySet[Handover]:
    return found


def _offer_line(row: Any) -> Line:
    return Line(
        what=_("Cash from %(who)s") % {"who": row.from_shift.person.name},
        why=row.note or _("Waiting to be counted"),
        since=row.offered_at,
        amount=row.amount,
        urgency=Urgency.DAY_NEAR,
    )


def _offer_detail(_request: Request, row: Any) -> Detail:
    giver, amount = row.from_shift.person.name, formats.money(row.amount)
    return Detail(
        question=_("Take the cash of %(who)s?") % {"who": giver},
        said=_("%(who)s says it is %(amount)s.") % {"who": giver, "amount": amount},
        facts=[Fact(_("Shift"), row.from_shift.number, is_code=True)],
        effects=[_("Once you sign, you answer for it.")],
        url=reverse("staff_payments:shifts"),
    )


def _accept(request: Request, row: Any, given: Given) -> Done:
    handovers.accept(handover=row, counted=given["counted"], act=Act.now(request.user))
    return Done(_("The cash is in your drawer."))


def _refuse(request: Request, row: Any, given: Given) -> Done:
    handovers.refuse(handover=row, act=Act.now(request.user, reason=given["reason"]))
    return Done(_("It was sent back."))


def _offer_verbs(_request: Request, _row: Any) -> list[Verb]:
    return [
        Verb("accept", _("I counted it"), _accept, form=Accept),
        Verb("refuse", _("Refuse"), _refuse, form=ReasonForm, is_refusal=True),
    ]


def _offer_decided(user: User, key: int) -> str | None:
    return decision(Handover.objects.filter(to_person=user), key, state="state")


COUNTS = Source(
    kind="cash-count",
    label=gettext_lazy("Cash count to sign"),
    group=Group.MONEY,
    symbol="calculator",
    capability="cash.supervise",
    waiting=_counts,
    listed=_listed_counts,
    line=_count_line,
    detail=_count_detail,
    verbs=_count_verbs,
    decided=_count_decided,
)
HANDED_OVER = Source(
    kind="hand-over",
    label=gettext_lazy("Cash handed to you"),
    group=Group.MONEY,
    symbol="wallet",
    capability="payments.take",
    waiting=_offers,
    listed=_listed_offers,
    line=_offer_line,
    detail=_offer_detail,
    verbs=_offer_verbs,
    decided=_offer_decided,
)
