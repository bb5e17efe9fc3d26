"""Bill a service on another day or in another cycle, from its next period on."""

from django.db import transaction
from django.utils.translation import gettext as _

from billing.changes.queries import new_terms
from billing.ledger.services import account_states
from billing.pricing.models import PriceStep
from customers.models import Subscription
from customers.services import terms
from ispbill.audit.services import trail
from ispbill.core.acts import Act
from ispbill.core.errors import Stale


class TermsMoved(Stale):
    """The bills are no longer those that were shown."""


@transaction.atomic
def change(
    *, subscription: Subscription, cycle: str, billing_day: int, fingerprint: str, act: Act
) -> Subscription:
    """Set the billing day and cycle. Days billed so far stay; the next period follows on them.

    `fingerprint` is that of the preview that was confirmed. Raises TermsMoved, NotMovable,
    NoSuchBillingDay, ReasonMissing.
    """
    act = trail.begin_with_reason(act=act)
    subscription = account_states.lock_service(subscription)
    asked = new_terms.preview(subscription, cycle=cycle, billing_day=billing_day, today=act.on)
    if asked.fingerprint != fingerprint:
        raise TermsMoved(_("Something has changed since these bills were shown. Look again."))
    if cycle != subscription.cycle:  # steps are prices of the old cycle
        PriceStep.objects.filter(subscription=subscription, applied_on__isnull=True).delete()
    subscription = terms.change_billing(
        subscription=subscription,
        cycle=cycle,
        billing_day=billing_day,
        price_amount=asked.price.net,
        gross_amount=asked.price.gross,
        act=act,
    )
    account_states.refresh([subscription.customer_id])
    return subscription
