"""Suspicious referrals, as items of the inbox."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Customer, Referral
from customers.services import referrals
from ispbill.accounts.http import Request
from ispbill.accounts.models import User
from ispbill.audit.forms import ReasonForm
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
from payments.referrals.queries import referrals as queries
from payments.referrals.services import referral_rewards


def _waiting(user: User, _at: datetime) -> QuerySet[Referral]:
    return queries.suspicious(queries.visible_to(user))


def _listed(found: QuerySet[Referral], _at: datetime) -> QuerySet[Referral]:
    return found.order_by("joined_at", "pk")


def _line(row: Any) -> Line:
    return Line(
        what=_("Referral, %(name)s") % {"name": row.referred.name},
        why=_("Brought by %(name)s · %(why)s")
        % {"name": row.referrer.name, "why": row.get_suspicion_display()},
        since=row.joined_at,
        amount=row.referrer_amount,
    )


def _detail(_request: Request, row: Any) -> Detail:
    return Detail(
        question=_("Is this a true referral?"),
        said=_("%(friend)s was brought by %(name)s.")
        % {"friend": row.referred.name, "name": row.referrer.name},
        facts=[
            Fact(_("Brought by"), row.referrer.name, _page(row.referrer)),
            Fact(_("New customer"), row.referred.name, _page(row.referred)),
            Fact(_("Reward"), formats.money(row.referrer_amount)),
            Fact(_("For the friend"), formats.money(row.friend_amount)),
        ],
        speaks_against=[row.get_suspicion_display()],
        effects=[_("It is credited once the friend has paid.")],
        url=f"{reverse('staff_payments:referrals')}?show=suspicious",
    )


def _page(customer: Customer) -> str:
    return reverse("staff_customers:customer", args=[customer.number])


def _approve(request: Request, row: Any, given: Given) -> Done:
    act = Act.now(request.user, reason=given["reason"])
    referrals.clear(referral=row, act=act)
    referral_rewards.settle(referral_id=row.pk, at=act.at)
    return Done(_("The referral is approved."))


def _refuse(request: Request, row: Any, given: Given) -> Done:
    act = Act.now(request.user, reason=given["reason"])
    referral_rewards.refuse(referral=row, act=act)
    referral_rewards.settle(referral_id=row.pk, at=act.at)
    return Done(_("The referral is refused."))


def _verbs(_request: Request, _row: Any) -> list[Verb]:
    return [
        Verb("approve", _("Approve"), _approve, form=ReasonForm),
        Verb("refuse", _("Refuse"), _refuse, form=ReasonForm, is_refusal=True),
    ]


def _decided(user: User, key: int) -> str | None:
    return decision(queries.visible_to(user), key)


REFERRALS = Source(
    kind="referral",
    label=gettext_lazy("Suspicious referral"),
    group=Group.REQUESTS,
    symbol="gift",
    capability="referrals.decide",
    waiting=_waiting,
    listed=_listed,
    line=_line,
    detail=_detail,
    verbs=_verbs,
    decided=_decided,
)
