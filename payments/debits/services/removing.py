"""Remove a way to pay, and end what collects through it."""

from django.db import transaction

from billing.ledger.services import account_states
from ispbill.audit.services import trail
from ispbill.core.acts import Act
from payments.debits.services import mandates, methods
from payments.online.models import PaymentMethod


@transaction.atomic
def remove(*, method: PaymentMethod, act: Act) -> PaymentMethod:
    """Remove one softly; the oldest other one becomes primary when it was. Raises Stale.

    What collects through it stops first.
    """
    trail.begin(act=act.because("way to pay removed"))
    # Lock.
    account_states.lock([method.customer_id])
    # Decide.
    method = methods.present(method)
    # Change.
    mandates.method_removed(method_id=method.pk, act=act)
    was_primary, method.is_primary, method.removed_at = method.is_primary, False, act.at
    method.save(update_fields=["is_primary", "removed_at"])
    heir = methods.of(method.customer).order_by("pk").first() if was_primary else None
    if heir is not None:
        heir.is_primary = True
        heir.save(update_fields=["is_primary"])
    # Trail.
    methods.record("payment_method.removed", method, act=act)
    return method
