"""Ways to pay a customer has given us: sealed, shown masked, removed softly, one of them first.

The customer's account state is locked first, as everywhere: two tabs cannot make two of them
primary.
"""

import json
import uuid
from collections.abc import Mapping

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from billing.allocation.rules.masking import masked_number
from billing.ledger.services import account_states
from customers.models import Customer
from ispbill.audit.services import events, trail
from ispbill.core import crypto
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError, Stale
from payments.bank.services import payers
from payments.online.models import PaymentMethod


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
    act: Act,
    check: str = PaymentMethod.Check.NONE,
) -> PaymentMethod:
    """Keep a way to pay; the customer's first one is the primary one.

    `check`: what is known of the number; WAITING lets the worker ask, see `debits.checking`.
    `details` as in `PaymentMethod.sealed_details`; ``number`` (or ``token``) is what is masked
    behind `bank`, the name of the bank or card brand. Raises MethodRefused.
    """
    trail.begin(act=act.because("way to pay added"))
    # Lock.
    account_states.lock([customer.pk])
    # Decide.
    secret = _secret(details)
    holder = " ".join(holder.split())[:80]
    if len(secret) < 4 or not holder:
        raise MethodRefused(_("Give the account number and the name of its holder."))
    known_by = _fingerprints(kind, details)
    if of(customer).filter(kind=kind, fingerprint__in=known_by).exists():
        raise MethodRefused(_("This account is already among the ways to pay."))
    # Change.
    method = PaymentMethod(
        customer=customer,
        key=uuid.uuid4(),
        kind=PaymentMethod.Kind(kind).value,
        label=f"{' '.join(bank.split())[:40]} {masked_number(secret)}".strip(),
        holder=holder,
        fingerprint=known_by[0],
        is_primary=not of(customer).filter(is_primary=True).exists(),
        created_at=act.at,
        created_by_id=act.actor.pk if act.actor is not None else None,
        check_state=PaymentMethod.Check(check).value,
    )
    method.sealed_details = crypto.seal(json.dumps(dict(details)), context=secret_place(method))
    method.save(force_insert=True)
    # Trail.
    record("payment_method.added", method, act=act)
    return method


@transaction.atomic
def make_primary(*, method: PaymentMethod, act: Act) -> PaymentMethod:
    """Make this one the way money is taken from now on. Raises Stale when it was removed."""
    trail.begin(act=act.because("primary way to pay chosen"))
    # Lock.
    account_states.lock([method.customer_id])
    # Decide.
    method = present(method)
    if method.is_primary:
        return method
    # Change.
    of(method.customer).filter(is_primary=True).update(is_primary=False)
    method.is_primary = True
    method.save(update_fields=["is_primary"])
    # Trail.
    record("payment_method.made_primary", method, act=act)
    return method


def _fingerprints(kind: str, details: Mapping[str, str]) -> list[str]:
    secret = _secret(details)
    if kind == PaymentMethod.Kind.EFT:
        return payers.fingerprints(secret)
    return crypto.fingerprints(f"{kind}:{secret}", purpose="payment_method")


def _secret(details: Mapping[str, str]) -> str:
    return (details.get("number") or details.get("token") or "").strip()


def of(customer: Customer) -> QuerySet[PaymentMethod]:
    return PaymentMethod.objects.filter(customer=customer, removed_at__isnull=True)


def present(method: PaymentMethod) -> PaymentMethod:
    found = (
        PaymentMethod.objects.select_for_update(of=("self",))
        .select_related("customer")
        .filter(pk=method.pk, removed_at__isnull=True)
        .first()
    )
    if found is None:
        raise Stale(_("This way to pay has been removed."))
    return found


def record(action: str, method: PaymentMethod, *, act: Act) -> None:
    events.record(
        act=act,
        action=action,
        target=method,
        branch_id=method.customer.branch_id,
        after={"kind": method.kind, "primary": method.is_primary},
    )
