"""Ask the database to settle a payment: lock, decide, change, number, trail and message in one
call (migration `0019_settling`, docs/adr/0028-settling-in-the-database.md).

Only `settlement` asks. What the call needs of the company's choices is read here, and kept for as
long as the row it came from is the same: the database compares it in the transaction.
"""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from django.db import connection

from ispbill import logs
from ispbill.accounts.models import User
from ispbill.core import clock
from ispbill.core.actors import Actor
from ispbill.core.models import Company
from ispbill.notifications.models import MessageSettings
from ispbill.notifications.rules import wording
from ispbill.notifications.services import compose
from payments.models import Payment
from payments.queries import paid_with
from payments.rules import limits

EVENT = "payment_received"
_SETTLE = (
    "SELECT verdict, payment, branch, receipt, allocated, invoices"
    " FROM payments_settle(%s::payments_asked)"
)
_SETTLE_ALONE = "CALL payments_settle_alone(%s::payments_asked, NULL, NULL, NULL, NULL, NULL, NULL)"
_COMPLETE = "SELECT receipt, allocated FROM payments_complete(%s::payments_asked, %s, %s, %s)"

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
    was_brought: bool = False
    """Another customer brought this one: a reward may be due (`referral_rewards`)."""

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
            _COMPLETE,
            [_record(asked, choices), answer.payment_id, answer.invoices, reactivated],
        )
        receipt, allocated = cursor.fetchone()
    return replace(answer, receipt=receipt, allocated=allocated)


def payment_of(asked: Asked, answer: Answer) -> Payment:
    """Return the row that has just been written, without reading it again."""
    written: dict[str, object] = {
        "id": answer.payment_id,
        "receipt_number": answer.receipt,
        "customer_id": asked.customer_id,
        "branch_id": answer.branch_id,
        "amount": asked.amount,
        "allocated_amount": answer.allocated or Decimal(0),
        "refunded_amount": Decimal(0),
        "currency": Company.current().currency,
        "method": asked.method,
        "status": Payment.Status.COMPLETED.value,
        "reference": asked.reference,
        "account_no": asked.account,
        "received_by_id": asked.received_by.pk if asked.received_by is not None else None,
        "received_at": asked.received_at,
        "posted_on": asked.posted_on,
        "idempotency_key": asked.key,
        "note": asked.note,
        "reversed_at": None,
        "reversed_by_id": None,
        "reversal_reason": "",
    }
    names = [field.attname for field in Payment._meta.concrete_fields]
    payment = Payment.from_db(connection.alias, names, [written[name] for name in names])
    if asked.received_by is not None:
        payment.received_by = asked.received_by
    return payment


def _call(asked: Asked, choices: Choices) -> Answer:
    statement = _SETTLE if connection.in_atomic_block else _SETTLE_ALONE
    with connection.cursor() as cursor:
        cursor.execute(statement, [_record(asked, choices)])
        return Answer(*cursor.fetchone())


def _record(asked: Asked, choices: Choices) -> str:
    """Return a value of the type `payments_asked`: one literal costs less than thirty."""
    return "(" + ",".join(map(_field, _values(asked, choices))) + ")"


def _field(value: int | Decimal | str | None) -> str:
    """Write a field of a composite type as PostgreSQL reads it: nothing at all is NULL."""
    if value is None:
        return ""
    return '"' + str(value).replace("\\", "\\\\").replace('"', '""') + '"'


def _values(asked: Asked, choices: Choices) -> list[int | Decimal | str | None]:
    """Return the fields of the type `payments_asked`, in its order."""
    actor, (settings, version) = asked.actor, choices
    terms = compose.terms_of(settings, event=EVENT, at=asked.at)
    return [
        asked.customer_id,
        asked.amount,
        asked.method,
        asked.reference,
        asked.key,
        Company.current().currency,
        asked.account,
        asked.landed_in,
        asked.received_by.pk if asked.received_by is not None else None,
        asked.received_at.isoformat(),
        asked.posted_on.isoformat(),
        asked.booked_on.isoformat() if asked.booked_on is not None else None,
        asked.note,
        _array(map(str, asked.chosen)),
        asked.is_repeat_confirmed,
        (asked.received_at - limits.REPEAT_WITHIN).isoformat(),
        (asked.received_at + limits.REPEAT_WITHIN).isoformat(),
        asked.at.isoformat(),
        clock.local_date(asked.at).isoformat(),
        asked.by_steps,
        actor.pk if actor is not None else None,
        str(actor.name) if actor is not None else "system",
        logs.request_id.get(),
        logs.client_ip.get() or None,
        _array(terms.channels),
        version,
        terms.is_urgent,
        terms.first_chance(wording.EMAIL).isoformat(),
        terms.first_chance("SMS").isoformat(),
        _method_words(asked.method, asked.note if asked.received_by is None else ""),
    ]


def _array(items: Iterable[str]) -> str:
    """Write numbers or channels' names as an array of the database."""
    return "{" + ",".join(items) + "}"


@lru_cache(maxsize=500)  # a gateway names a hundred banks, over and over
def _method_words(method: str, instrument: str) -> str:
    """Return a way to pay in every language messages are written in, as JSON."""
    return json.dumps(
        {code: paid_with.words(method, instrument, language=code) for code in wording.LANGUAGES}
    )
