"""A second person for large corrections: do a small one at once, have a large one approved.

Each kind of correction is registered with what it does and what it rests on; the app that owns it
says so when it starts. What is asked for is kept with a fingerprint of the facts it was decided on,
and is done exactly so, in the transaction of the approval, or not at all.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from billing.approvals.models import Approval
from billing.invoices.models import Invoice
from billing.ledger.services import account_states
from customers.models import Customer
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError, Stale
from ispbill.core.models import Company
from ispbill.notifications.services import bell

Payload = Mapping[str, Any]


class OwnRequest(DomainError):
    """Who asked does not approve."""


class AlreadyDecided(DomainError):
    """Somebody was first; the message says who, and what they decided."""


class AlreadyRequested(DomainError):
    """The very same correction waits for approval already."""


class Perform(Protocol):
    """Do what a payload says; return the document it became. Raises DomainError."""

    def __call__(self, payload: Payload, *, act: Act[User]) -> models.Model: ...


@dataclass(frozen=True)
class Correction:
    """A kind of correction: which setting limits it, what it does, and what it rests on."""

    limit: str  # a column of Company; None in it means that one person is enough
    perform: Perform
    facts: Callable[[Payload], str]


@dataclass(frozen=True)
class Outcome:
    """What came of a correction: its document, or the request that waits for a second person."""

    document: models.Model | None = None
    approval: Approval | None = None


_corrections: dict[str, Correction] = {}


def register(kind: str, correction: Correction) -> None:
    """Say what a kind of correction does; called once, when its app starts."""
    _corrections[kind] = correction


def needs_second(kind: str, amount: Decimal) -> bool:
    """Tell whether a correction of `amount` (with tax) is above the company's limit."""
    limit: Decimal | None = getattr(Company.current(), _corrections[kind].limit)
    return limit is not None and amount > limit


@transaction.atomic
def submit(
    *,
    kind: str,
    customer: Customer,
    amount: Decimal,
    payload: dict[str, Any],
    act: Act[User],
    invoice: Invoice | None = None,
) -> Outcome:
    """Do a correction at once, or ask for a second person when it is above the limit.

    `amount` is what it moves, with tax. Raises ReasonMissing, AlreadyRequested and what the
    correction itself refuses.
    """
    act = act.because(trail.required_reason(act.reason))
    if needs_second(kind, amount):
        approval = request(
            kind=kind,
            customer=customer,
            amount=amount,
            payload=payload,
            reason=act.reason,
            at=act.at,
            requested_by=act.actor,
            invoice=invoice,
        )
        return Outcome(approval=approval)
    document = _corrections[kind].perform(payload, act=act)
    return Outcome(document=document)


@transaction.atomic
def request(
    *,
    kind: str,
    customer: Customer,
    amount: Decimal,
    payload: dict[str, Any],
    reason: str,
    at: datetime,
    requested_by: User,
    invoice: Invoice | None = None,
) -> Approval:
    """Ask for approval. Raises ReasonMissing, AlreadyRequested."""
    reason = trail.required_reason(reason)
    trail.begin(act=Act(requested_by, at, reason=reason))
    account_states.lock([customer.pk])
    key = _fingerprint(f"{kind}:{customer.pk}:{json.dumps(payload, sort_keys=True)}")
    if Approval.objects.filter(key=key, status=Approval.Status.PENDING).exists():
        raise AlreadyRequested(_("The same correction waits for approval already."))
    approval = Approval.objects.create(
        kind=kind,
        customer=customer,
        branch_id=customer.branch_id,
        invoice=invoice,
        amount=amount,
        payload=payload,
        facts=_fingerprint(_corrections[kind].facts(payload)),
        key=key,
        reason=reason,
        requested_by=requested_by,
        requested_at=at,
    )
    _note(approval, "approval.requested", act=Act(requested_by, at, reason=reason))
    _ring(approval)
    return approval


def _ring(approval: Approval) -> None:
    """Tell those who may decide, on the devices they have switched on."""
    page = reverse("staff_billing:approval", args=[approval.pk])
    bell.ring(
        bell.listeners("approvals.decide", branch_id=approval.branch_id),
        event="approval_asked",
        context={
            "amount": f"{approval.amount:.2f}",
            "reason": approval.reason,
            "page_url": settings.PUBLIC_URL + page,
        },
        fact=f"{approval.pk}",
        at=approval.requested_at,
        by=approval.requested_by,
    )


def approve(*, approval: Approval, act: Act[User], note: str = "") -> models.Model:
    """Approve, and do it in the same transaction; return the document it became.

    Raises OwnRequest, AlreadyDecided, what the correction itself refuses (the request then still
    waits), and Stale when what it was decided on has changed (the request is then closed).
    """
    document = _approve(approval, act=act, note=note)
    if document is None:
        raise Stale(_("What this was decided on has changed since. Look at it again and ask anew."))
    return document


@transaction.atomic
def _approve(approval: Approval, *, act: Act[User], note: str) -> models.Model | None:
    approval = _locked(approval, act=act)
    correction = _corrections[approval.kind]
    if _fingerprint(correction.facts(approval.payload)) != approval.facts:
        _close(approval, Approval.Status.STALE, act=act, note=note)
        return None
    document = correction.perform(approval.payload, act=act.because(approval.reason))
    trail.begin(act=act.because(approval.reason))
    approval.result = str(document)[:40]
    _close(approval, Approval.Status.APPROVED, act=act, note=note)
    return document


@transaction.atomic
def reject(*, approval: Approval, note: str, act: Act[User]) -> Approval:
    """Refuse a request, saying why. Raises OwnRequest, AlreadyDecided, ReasonMissing."""
    note = trail.required_reason(note)
    approval = _locked(approval, act=act)
    return _close(approval, Approval.Status.REJECTED, act=act, note=note)


@transaction.atomic
def withdraw(*, approval: Approval, act: Act[User]) -> Approval:
    """Take back an own request. Raises AlreadyDecided, OwnRequest for somebody else's."""
    if approval.requested_by_id != act.actor.pk:
        raise OwnRequest(_("Only the person who asked can withdraw this."))
    trail.begin(act=act)
    account_states.lock([approval.customer_id])
    approval = Approval.objects.select_for_update().get(pk=approval.pk)
    _check_open(approval)
    approval.status, approval.decided_at = Approval.Status.WITHDRAWN, act.at
    approval.save(update_fields=["status", "decided_at"])
    _note(approval, "approval.withdrawn", act=act)
    return approval


def is_current(approval: Approval) -> bool:
    """Tell whether what a waiting request was decided on still stands."""
    return _fingerprint(_corrections[approval.kind].facts(approval.payload)) == approval.facts


def _locked(approval: Approval, *, act: Act[User]) -> Approval:
    trail.begin(act=act.because(approval.reason))
    account_states.lock([approval.customer_id])
    approval = Approval.objects.select_for_update(of=("self",)).get(pk=approval.pk)
    _check_open(approval)
    if approval.requested_by_id == act.actor.pk:
        raise OwnRequest(_("You asked for this; somebody else has to decide."))
    return approval


def _check_open(approval: Approval) -> None:
    if approval.is_pending:
        return
    who = approval.decided_by.name if approval.decided_by is not None else _("The requester")
    raise AlreadyDecided(
        _("%(who)s was first: %(state)s.")
        % {"who": who, "state": approval.get_status_display().lower()}
    )


def _close(approval: Approval, status: str, *, act: Act[User], note: str) -> Approval:
    approval.status, approval.decided_by, approval.decided_at = status, act.actor, act.at
    approval.note = note
    approval.save(update_fields=["status", "decided_by", "decided_at", "note", "result"])
    _note(approval, f"approval.{status.lower()}", act=act.because(note))
    return approval


def _note(approval: Approval, action: str, *, act: Act[User]) -> None:
    events.record(
        act=act,
        action=action,
        target=approval,
        after={"amount": approval.amount, "kind": approval.kind, "result": approval.result},
    )


def _fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
