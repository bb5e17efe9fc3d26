"""Ways to pay a customer has given us: sealed, shown masked, removed softly, one of them first.

The customer's standing is locked first, as everywhere: two tabs cannot make two of them primary.
"""

import json
import uuid
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from billing.services import standings
from customers.models import Customer
from ispbill.audit.services import events, trail
from ispbill.core import crypto
from ispbill.core.actors import Actor
from ispbill.core.errors import DomainError, Stale
from payments.models import PaymentMethod
from payments.rules.masking import masked_number
from payments.services.imports import payers
from payments.signals import payment_method_removed


class MethodRefused(DomainError):
    """The details do not make a way to pay, or the customer has this one already."""


def secret_place(method: PaymentMethod) -> str:
    """Return what a row's sealed details are bound to."""
    return f"payments.method:{method.key}"


def details_of(method: PaymentMethod) -> dict[str, str]:
    """Return the details in clear, for a gateway's eyes only. Raises crypto.Unreadable."""
    details: dict[str, str] = json.loads(
        crypto.unseal(method.sealed_details, context=secret_place(method))
    )
    return details


def fingerprint(kind: str, details: Mapping[str, str]) -> str:
    """Return what the same way to pay is recognised by; for transfers what statements know too."""
    return _fingerprints(kind, details)[0]


def fingerprint_again(method: PaymentMethod, plain: str) -> str:
    """Return a row's fingerprint under the present keys, from its details in clear."""
    return fingerprint(method.kind, json.loads(plain))


@transaction.atomic
def add(
    *,
    customer: Customer,
    kind: str,
    details: Mapping[str, str],
    holder: str,
    bank: str,
    at: datetime,
    actor: Actor | None,
    check: str = PaymentMethod.Check.NONE,
) -> PaymentMethod:
    """Keep a way to pay; the customer's first one is the primary one.

    `check`: what is known of the number; WAITING lets the worker ask, see `debits.checking`.
    `details` as in `PaymentMethod.sealed_details`; ``number`` (or ``token``) is what is masked
    behind `bank`, the name of the bank or card brand. Raises MethodRefused.
    """
    trail.begin(actor=actor, at=at, reason="way to pay added")
    # Lock.
    standings.lock([customer.pk])
    # Decide.
    secret = _secret(details)
    holder = " ".join(holder.split())[:80]
    if len(secret) < 4 or not holder:
        raise MethodRefused(_("Give the account number and the name of its holder."))
    known_by = _fingerprints(kind, details)
    if _of(customer).filter(kind=kind, fingerprint__in=known_by).exists():
        raise MethodRefused(_("This account is already among the ways to pay."))
    # Change.
    method = PaymentMethod(
        customer=customer,
        key=uuid.uuid4(),
        kind=PaymentMethod.Kind(kind).value,
        label=f"{' '.join(bank.split())[:40]} {masked_number(secret)}".strip(),
        holder=holder,
        fingerprint=known_by[0],
        is_primary=not _of(customer).filter(is_primary=True).exists(),
        created_at=at,
        created_by_id=actor.pk if actor is not None else None,
        check_state=PaymentMethod.Check(check).value,
    )
    method.sealed_details = crypto.seal(json.dumps(dict(details)), context=secret_place(method))
    method.save(force_insert=True)
    # Trail.
    _record("payment_method.added", method, at=at, actor=actor)
    return method


@transaction.atomic
def make_primary(*, method: PaymentMethod, at: datetime, actor: Actor | None) -> PaymentMethod:
    """Make this one the way money is taken from now on. Raises Stale when it was removed."""
    trail.begin(actor=actor, at=at, reason="primary way to pay chosen")
    # Lock.
    standings.lock([method.customer_id])
    # Decide.
    method = _present(method)
    if method.is_primary:
        return method
    # Change.
    _of(method.customer).filter(is_primary=True).update(is_primary=False)
    method.is_primary = True
    method.save(update_fields=["is_primary"])
    # Trail.
    _record("payment_method.made_primary", method, at=at, actor=actor)
    return method


@transaction.atomic
def remove(*, method: PaymentMethod, at: datetime, actor: Actor | None) -> PaymentMethod:
    """Remove one softly; the oldest other one becomes primary when it was. Raises Stale.

    `payment_method_removed` is sent inside the transaction: what collects through it stops first.
    """
    trail.begin(actor=actor, at=at, reason="way to pay removed")
    # Lock.
    standings.lock([method.customer_id])
    # Decide.
    method = _present(method)
    # Change.
    payment_method_removed.send(sender=PaymentMethod, method_id=method.pk, at=at, actor=actor)
    was_primary, method.is_primary, method.removed_at = method.is_primary, False, at
    method.save(update_fields=["is_primary", "removed_at"])
    heir = _of(method.customer).order_by("pk").first() if was_primary else None
    if heir is not None:
        heir.is_primary = True
        heir.save(update_fields=["is_primary"])
    # Trail.
    _record("payment_method.removed", method, at=at, actor=actor)
    return method


def _fingerprints(kind: str, details: Mapping[str, str]) -> list[str]:
    secret = _secret(details)
    if kind == PaymentMethod.Kind.EFT:
        return payers.fingerprints(secret)
    return crypto.fingerprints(f"{kind}:{secret}", purpose="payment_method")


def _secret(details: Mapping[str, str]) -> str:
    return (details.get("number") or details.get("token") or "").strip()


def _of(customer: Customer) -> QuerySet[PaymentMethod]:
    return PaymentMethod.objects.filter(customer=customer, removed_at__isnull=True)


def _present(method: PaymentMethod) -> PaymentMethod:
    found = (
        PaymentMethod.objects.select_for_update(of=("self",))
        .select_related("customer")
        .filter(pk=method.pk, removed_at__isnull=True)
        .first()
    )
    if found is None:
        raise Stale(_("This way to pay has been removed."))
    return found


def _record(action: str, method: PaymentMethod, *, at: datetime, actor: Actor | None) -> None:
    events.record(
        at=at,
        actor=actor,
        action=action,
        target=method,
        label=method.label,
        customer_id=method.customer_id,
        branch_id=method.customer.branch_id,
        after={"kind": method.kind, "primary": method.is_primary},
    )
