"""Requests of customers for another package, as items of the inbox."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.changes.forms.changes import RejectionForm
from billing.changes.queries import changes
from billing.changes.services import package_changes
from billing.changes.views import quote_words
from billing.changes.views import service_effects as effects
from billing.pricing.models import PackageChange
from billing.pricing.views import words
from customers.queries import urgency
from customers.views import inbox_words
from ispbill.accounts.http import Request
from ispbill.accounts.models import User
from ispbill.core.acts import Act
from ispbill.core.errors import Stale
from ispbill.inbox.queries.sources import (
    Change,
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


def _waiting(user: User, _at: datetime) -> QuerySet[PackageChange]:
    return changes.visible_to(user).filter(status__in=changes.WAITING)


def _listed(found: QuerySet[PackageChange], at: datetime) -> QuerySet[PackageChange]:
    people = ("customer", "subscription__customer", "package_from", "package_to", "requested_by")
    return urgency.ranked(found.select_related(*people), at=at, since="requested_at")


def _line(row: Any) -> Line:
    change = _("%(was)s → %(becomes)s from %(day)s") % {
        "was": row.package_from.name,
        "becomes": row.package_to.name,
        "day": words.day(row.effective_on),
    }
    quote = row.quote
    more = Decimal(quote["to"]["price"]) - Decimal(quote["from"]["price"])
    return Line(
        what=_("Package change, %(name)s") % {"name": row.customer.name},
        why=inbox_words.about(change, inbox_words.cost(row)),
        since=row.requested_at,
        amount=more,
        is_change=True,
        urgency=row.urgency,
    )


def _detail(_request: Request, row: Any) -> Detail:
    quote = quote_words.of(row.quote)
    line = effects.line_effect(
        row.subscription, _("%(router)s gets the new speed; the session dials in anew.")
    )
    facts = [
        inbox_words.whose(row.customer),
        Fact(_("Service"), row.subscription.connection_id, is_code=True),
        Fact(_("Asked by"), row.get_origin_display()),
        Fact(_("From"), words.day(row.effective_on)),
    ]
    if row.note:
        facts.append(Fact(_("Note"), row.note))
    warning = _(
        "Something has changed since this was asked for. These are the amounts of today; nothing "
        "has been done yet."
    )
    return Detail(
        question=_("Give %(name)s the package %(package)s?")
        % {"name": row.customer.name, "package": quote["to_name"]},
        facts=facts,
        changes=[
            Change(_("Package"), quote["from_name"], quote["to_name"]),
            Change(_("Speed"), quote["from_speed"], quote["to_speed"]),
        ],
        effects=quote_words.effects(row.quote, router=line),
        warning=warning if row.is_stale else "",
        url=reverse("staff_billing:package-change", args=[row.pk]),
        seen={"fingerprint": row.fingerprint},
        template="billing/changes/staff/_inbox_quote.html",
        context={"quote": quote},
    )


def _approve(request: Request, row: Any, _given: Given) -> Done:
    change = package_changes.approve(
        change=row,
        fingerprint=request.POST.get("fingerprint", ""),
        note="",
        act=Act.now(request.user),
    )
    if change.status == PackageChange.Status.STALE:
        raise Stale(_("The amounts have changed. Look at the new ones, then approve again."))
    return Done(quote_words.outcome(change))


def _reject(request: Request, row: Any, given: Given) -> Done:
    package_changes.reject(change=row, note=given["note"], act=Act.now(request.user))
    return Done(_("The request is rejected."))


def _verbs(_request: Request, row: Any) -> list[Verb]:
    keeps = _("%(service)s keeps %(package)s; nothing is billed.") % {
        "service": row.subscription.connection_id,
        "package": row.package_from.name,
    }
    return [
        Verb("approve", _("Approve"), _approve),
        Verb("reject", _("Reject"), _reject, form=RejectionForm, is_refusal=True, effects=[keeps]),
    ]


def _decided(user: User, key: int) -> str | None:
    return decision(changes.visible_to(user), key)


PACKAGE_CHANGES = Source(
    kind="package-change",
    label=gettext_lazy("Package change"),
    group=Group.REQUESTS,
    symbol="package",
    capability="changes.decide",
    waiting=_waiting,
    listed=_listed,
    line=_line,
    detail=_detail,
    verbs=_verbs,
    decided=_decided,
)
