"""Ask the database to settle a payment: lock, decide, change, number, trail and message in one
call (migration `0019_settling`, docs/adr/0028-settling-in-the-database.md).

Only `settlement` asks. What the call needs of the company's choices is read here, and kept for as
long as the row it came from is the same: the database compares it in the transaction.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.db import connection
from django.utils import translation

from ispbill import logs
from ispbill.accounts.models import User
from ispbill.core import clock
from ispbill.core.actors import Actor
from ispbill.core.models import Company
from ispbill.notifications.models import MessageSettings
from ispbill.notifications.rules import wording
from ispbill.notifications.services import compose
from payments.models import Payment
from payments.rules import limits

EVENT = "payment_received"

# The choices about messages, and the version of their row; the last ones a call was made with.
Choices = tuple[MessageSettings, str]
_choices: Choices | None = None


@dataclass(frozen=True)
class Asked:
    """A settlement that is wanted; `landed_in` is the account of the books the money is in."""

    customer_id: int
    amount: Decimal
    method: str
    reference: str
    key: str
    account: int
    landed_in: int
    received_by: User | None
    received_at: datetime
    note: str
    chosen: Collection[int]
    is_repeat_confirmed: bool
    actor: Actor | None
    at: datetime
    booked_on: date | None = None
    """The day cash counts for; None for the day it was received."""
    by_steps: bool = False
    """Leave it open for `complete`, so that services can be opened and renewed before."""

    @property
    def posted_on(self) -> date:
        return clock.local_date(self.received_at)

    def is_met_by(self, payment: Payment) -> bool:
        """Tell whether a payment made under this key is the one asked for."""
        return (self.customer_id, self.amount, self.method, self.reference) == (
            payment.customer_id,
            payment.amount,
            payment.method,
            payment.reference,
        )


@dataclass(frozen=True)
class Answer:
    """What the database says; the verdicts are told where they are made, in the migration."""

    verdict: str
    payment_id: int | None
    branch_id: int
    receipt: str | None
    allocated: Decimal | None
    invoices: int | None


def settle(asked: Asked) -> Answer:
    """Settle, or say why not; one statement, and a transaction of its own outside of one."""
    global _choices
    choices = _choices or MessageSettings.current_with_version()
    answer = _call(asked, choices)
    while answer.verdict == "SETTINGS":
        # Read for this call alone: what another thread keeps may not be committed yet.
        choices = MessageSettings.current_with_version()
        answer = _call(asked, choices)
    _choices = choices
    return answer


def complete(asked: Asked, answer: Answer, *, reactivated: int) -> Answer:
    """Number, note and announce the payment that was left open."""
    choices = _choices or MessageSettings.current_with_version()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT receipt, allocated FROM payments_complete(%s, %s, %s, %s)",
            [_document(asked, choices), answer.payment_id, answer.invoices, reactivated],
        )
        receipt, allocated = cursor.fetchone()
    return replace(answer, receipt=receipt, allocated=allocated)


def payment_of(asked: Asked, answer: Answer) -> Payment:
    """Return the row that has just been written, without reading it again."""
    payment = Payment(
        id=answer.payment_id,
        receipt_number=answer.receipt,
        customer_id=asked.customer_id,
        branch_id=answer.branch_id,
        amount=asked.amount,
        allocated_amount=answer.allocated or Decimal(0),
        refunded_amount=Decimal(0),
        currency=Company.current().currency,
        method=asked.method,
        status=Payment.Status.COMPLETED,
        reference=asked.reference,
        account_no=asked.account,
        received_by=asked.received_by,
        received_at=asked.received_at,
        posted_on=asked.posted_on,
        idempotency_key=asked.key,
        note=asked.note,
    )
    payment._state.adding, payment._state.db = False, connection.alias
    return payment


def _call(asked: Asked, choices: Choices) -> Answer:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT verdict, payment, branch, receipt, allocated, invoices"
            " FROM payments_settle(%s)",
            [_document(asked, choices)],
        )
        return Answer(*cursor.fetchone())


def _document(asked: Asked, choices: Choices) -> str:
    actor, (settings, version) = asked.actor, choices
    terms = compose.terms_of(settings, event=EVENT, at=asked.at)
    document: Mapping[str, Any] = {
        "customer": asked.customer_id,
        "amount": str(asked.amount),
        "method": asked.method,
        "reference": asked.reference,
        "key": asked.key,
        "currency": Company.current().currency,
        "account": asked.account,
        "landed_in": asked.landed_in,
        "received_by": asked.received_by.pk if asked.received_by is not None else None,
        "received_at": asked.received_at.isoformat(),
        "posted_on": asked.posted_on.isoformat(),
        "booked_on": asked.booked_on.isoformat() if asked.booked_on is not None else None,
        "note": asked.note,
        "chosen": list(asked.chosen),
        "is_repeat_confirmed": asked.is_repeat_confirmed,
        "near_from": (asked.received_at - limits.REPEAT_WITHIN).isoformat(),
        "near_until": (asked.received_at + limits.REPEAT_WITHIN).isoformat(),
        "at": asked.at.isoformat(),
        "today": clock.local_date(asked.at).isoformat(),
        "by_steps": asked.by_steps,
        "actor": actor.pk if actor is not None else None,
        "actor_name": str(actor.name) if actor is not None else "system",
        "request": logs.request_id.get(),
        "ip": logs.client_ip.get() or None,
        "channels": terms.channels,
        "message_settings": version,
        "is_urgent": terms.is_urgent,
        "email_at": terms.first_chance(wording.EMAIL).isoformat(),
        "other_at": terms.first_chance("SMS").isoformat(),
        "method_words": _method_words(asked.method),
    }
    return json.dumps(document)


@cache
def _method_words(method: str) -> dict[str, str]:
    """Return a way to pay in every language messages are written in."""
    words = {}
    for code in wording.LANGUAGES:
        with translation.override(code):
            words[code] = str(Payment.Method(method).label)
    return words
