"""Before a payment is taken: what is asked for, what is known then, and what stands against it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from billing.allocation.models import Payment
from billing.allocation.rules import accounts, limits
from billing.ledger.rules.chart import Chart
from billing.receivables.services import announcing
from billing.tills.services import tills
from billing.tills.services.tills import Till
from customers.models import Customer
from ispbill.accounts.models import User
from ispbill.core import amounts, clock, formats, statements
from ispbill.core.actors import Actor
from ispbill.core.acts import Act
from ispbill.core.amounts import AmountRefused
from ispbill.core.errors import DomainError, Stale
from ispbill.notifications.queries import choices
from ispbill.notifications.queries.choices import Chosen


class KeyReused(DomainError):
    """The form was sent before, with something else in it (409 for a page)."""


class NotPayable(Stale):
    """A chosen invoice is not open any more, or never was this customer's."""


class PossibleDuplicate(DomainError):
    """The same payment was taken minutes ago: ask the person once. `payment` is the earlier one."""

    def __init__(self, message: str, payment: Payment) -> None:
        super().__init__(message)
        self.payment = payment


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A settlement that is wanted. Raises AmountRefused for an amount no payment can have."""

    customer_id: int
    amount: Decimal
    """In the company's currency."""
    method: str
    received_by: User | None
    received_at: datetime
    """The company's local date of it is the books' day."""
    key: str
    """One is used once: the payment it has made already is returned, and nothing done."""
    act: Act
    """Of recording, which may be later than the receipt."""
    reference: str = ""
    note: str = ""
    chosen: Collection[int] = ()
    """Invoices to pay first, then the oldest others; what is left is credit."""
    is_repeat_confirmed: bool = False
    """A person has said that this is another payment, not the one taken minutes ago."""
    is_in_hand: bool = False
    """The cash was taken before anybody could be asked: no limit refuses it."""
    is_told: bool = True
    """False: the customer is not thanked; it is no money they gave us now."""
    account_no: int = 0
    """The account of the books the money is in, 0 for the usual one of the method."""

    def __post_init__(self) -> None:
        check_amount(self.amount)
        if self.key == "":
            raise ValueError("a payment needs an idempotency key")
        tidy = {
            "method": Payment.Method(self.method).value,
            "reference": self.reference.strip()[:80],
            "account_no": int(self.account_no),
            "note": self.note.strip()[:200],
            "chosen": frozenset(self.chosen),
        }
        for name, value in tidy.items():
            object.__setattr__(self, name, value)

    @property
    def landed_in(self) -> int:
        return accounts.landed_in(method=self.method, account_no=self.account_no)

    @property
    def is_cash(self) -> bool:
        return self.landed_in == Chart.CASH

    @property
    def person(self) -> Actor | None:
        """The person who has the cash."""
        return self.received_by or self.act.actor

    def is_met_by(self, payment: Payment) -> bool:
        """Tell whether a payment made under this key is the one asked for."""
        return (self.customer_id, self.amount, self.method, self.reference) == (
            payment.customer_id,
            payment.amount,
            payment.method,
            payment.reference,
        )


def check_amount(amount: Decimal) -> None:
    """Raise AmountRefused unless this is an amount one payment can have."""
    if amount.is_finite() and amount <= 0:
        raise AmountRefused(_("The amount must be more than zero."))
    if amount.is_finite() and amount > limits.LARGEST:
        raise AmountRefused(_("This amount is too large for one payment. Check the digits."))
    amounts.check(amount)


@dataclass(frozen=True)
class Known:
    """What a decision about a payment rests on, read once the account is locked."""

    customer: Customer
    """With what a payment asks of them; the rest is read when it is asked for."""
    earlier_id: int | None
    """The payment this key has made."""
    twin_id: int | None
    """The same was paid minutes ago by this one; None when a person has said that it is another."""
    payable: int
    """How many of the chosen invoices are open and this customer's."""
    moves_services: bool
    """A service is cut off for not paying, or prepaid time is over: the payment may change that."""
    has_accounts: bool
    """The two accounts it is booked to are in the books."""
    till: Till | None
    """Where it goes, when it is cash; locked."""
    thanks: Chosen
    """How the company thanks for payments."""


_ASKED_OF = {
    "id", "number", "name", "phone", "email", "language", "branch_id", "referred_by_id",
    "wants_sms", "wants_whatsapp", "wants_email", "is_never_suspended",
}  # fmt: skip
_OF_CUSTOMER = [
    field.attname for field in Customer._meta.concrete_fields if field.attname in _ASKED_OF
]
# Cut off: `billing.dunning.queries.remaining.cut_off`; time over:
# `billing.prepaid.queries.prepaid.due_to_renew`
# (tests/billing/receivables/services/test_looking.py holds them together).
_LOOK = f"""
SELECT
    (SELECT p.id FROM billing_payment p
     WHERE p.idempotency_key = a.key AND p.status <> 'FAILED') AS earlier_id,
    (SELECT p.id FROM billing_payment p
     WHERE NOT a.is_repeat_confirmed AND p.customer_id = a.customer_id AND p.amount = a.amount
       AND p.method = a.method AND p.status = 'COMPLETED'
       AND p.received_at BETWEEN a.near_from AND a.near_until
     ORDER BY p.id DESC LIMIT 1) AS twin_id,
    (SELECT count(*) FROM billing_invoice i
     WHERE i.id = ANY (a.chosen) AND i.customer_id = a.customer_id AND i.status = 'OPEN'
       AND i.amount_due > 0) AS payable,
    EXISTS (SELECT FROM customers_suspension u
            WHERE u.customer_id = a.customer_id AND u.kind = 'NON_PAYMENT' AND u.ended_at IS NULL)
    OR EXISTS (SELECT FROM customers_subscription s
               JOIN billing_schedule h ON h.subscription_id = s.id
               WHERE s.customer_id = a.customer_id AND s.mode = 'PREPAID'
                 AND s.status NOT IN ('PENDING', 'CANCELLED') AND h.billed_until <= a.today
                 AND NOT EXISTS (SELECT FROM billing_renewalchoice r
                                 WHERE r.subscription_id = s.id AND NOT r.is_on))
    AS moves_services,
    EXISTS (SELECT FROM billing_account WHERE code = {int(Chart.RECEIVABLE)})
    AND EXISTS (SELECT FROM billing_account WHERE code = a.account) AS has_accounts,
    till.shift_id, till.day, {choices.CHOSEN} AS thanks,
    {", ".join(f"c.{name}" for name in _OF_CUSTOMER)}
FROM json_to_recordset(%(asked)s) AS a (
    place int, key text, customer_id bigint, amount numeric, method text, account int,
    is_repeat_confirmed bool, near_from timestamptz, near_until timestamptz, today date,
    chosen bigint[], is_cash bool, person_id bigint, day date)
JOIN customers_customer c ON c.id = a.customer_id
LEFT JOIN LATERAL {
    tills.TILL.format(
        on="a.day", whose="a.person_id", undone="NULL", home="c.branch_id", change="a.amount"
    )
} till ON a.is_cash
ORDER BY a.place
"""  # noqa: S608 - composed from constants


def look(wanted: Sequence[Asked]) -> list[Known]:
    """Read it all in one statement, for each settlement that is wanted; tills of cash are locked.

    Raises Customer.DoesNotExist.
    """
    asked = statements.rows(_as_row(place, one) for place, one in enumerate(wanted))
    found = statements.fetch(_LOOK, {"asked": asked, "event": announcing.RECEIVED})
    if len(found) != len(wanted):
        raise Customer.DoesNotExist
    known = []
    for earlier_id, twin_id, payable, moves, has_accounts, shift_id, day, thanks, *person in found:
        known.append(
            Known(
                customer=Customer.from_db(connection.alias, _OF_CUSTOMER, person),
                earlier_id=earlier_id,
                twin_id=twin_id,
                payable=payable,
                moves_services=moves,
                has_accounts=has_accounts,
                till=Till(shift_id, day) if day is not None else None,
                thanks=choices.found(thanks, announcing.RECEIVED),
            )
        )
    return known


def _as_row(place: int, asked: Asked) -> dict[str, Any]:
    return {
        "place": place,
        "key": asked.key,
        "customer_id": asked.customer_id,
        "amount": asked.amount,
        "method": asked.method,
        "account": asked.landed_in,
        "is_repeat_confirmed": asked.is_repeat_confirmed,
        "near_from": asked.received_at - limits.REPEAT_WITHIN,
        "near_until": asked.received_at + limits.REPEAT_WITHIN,
        "today": clock.local_date(asked.act.at),
        "chosen": sorted(asked.chosen),
        "is_cash": asked.is_cash,
        "person_id": asked.person.pk if asked.person is not None else None,
        "day": clock.local_date(asked.received_at),
    }


def check(asked: Asked, known: Known) -> None:
    """Raise PossibleDuplicate or NotPayable when a payment must not be taken like this."""
    if known.twin_id is not None:
        raise repeat(asked, Payment.objects.get(pk=known.twin_id))
    if known.payable != len(asked.chosen):
        raise NotPayable(_("One of the chosen invoices is already paid. Choose again."))


def day_of(asked: Asked, known: Known) -> date:
    """Return the day it is booked on: cash, on the first that is not closed at its till.

    Opens the shift of who took it when there is none. Raises NoOpenShift, TooMuchCash.
    """
    on = clock.local_date(asked.received_at)
    if known.till is None:
        return on
    return tills.day_in(
        known.till,
        amount=asked.amount,
        person=asked.person,
        branch_id=known.customer.branch_id,
        on=on,
        at=asked.act.at,
        is_in_hand=asked.is_in_hand,
    )


def earlier(asked: Asked) -> Payment | None:
    """Return the payment this key has already made. Raises KeyReused when it is another one."""
    payment = (
        Payment.objects.filter(idempotency_key=asked.key)
        .exclude(status=Payment.Status.FAILED)
        .first()
    )
    if payment is not None and not asked.is_met_by(payment):
        raise reused()
    return payment


def reused() -> KeyReused:
    """Return the refusal of a key that has made another payment."""
    return KeyReused(
        _(
            "This form has already been sent with something else in it. "
            "Open a new one if you want to record another payment."
        )
    )


def repeat(asked: Asked, twin: Payment) -> PossibleDuplicate:
    """Return the question whether this is the same payment once more."""
    minutes = int(abs(asked.received_at - twin.received_at).total_seconds() // 60)
    words = {
        "what": f"{formats.money(twin.amount)} {Payment.Method(twin.method).label}",
        "who": twin.received_by.name if twin.received_by is not None else _("The system"),
        "minutes": minutes,
        "receipt": twin.receipt_number,
    }
    if minutes:
        said = _("%(what)s was taken %(minutes)d min ago by %(who)s (%(receipt)s).")
    else:
        said = _("%(what)s has just been taken by %(who)s (%(receipt)s).")
    return PossibleDuplicate(said % words, twin)
