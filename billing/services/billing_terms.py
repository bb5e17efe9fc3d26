"""Bill a service on another day or in another cycle, from its next period on."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from billing.models import PriceStep
from billing.queries import new_terms
from billing.services import standings
from customers.models import Subscription
from customers.services import subscriptions
from ispbill.audit.services import trail
from ispbill.core.actors import Actor
from ispbill.core.errors import Stale


class TermsMoved(Stale):
    """The bills are no longer those that were shown."""


@transaction.atomic
def change(
    *,
    subscription: Subscription,
    cycle: str,
    billing_day: int,
    fingerprint: str,
    reason: str,
    today: date,
    at: datetime,
    actor: Actor | None,
) -> Subscription:
    """Set the billing day and cycle. Days billed so far stay; the next period follows on them.

    `fingerprint` is that of the preview that was confirmed. Raises TermsMoved, NotMovable,
    NoSuchBillingDay, ReasonMissing.
    """
    reason = trail.required_reason(reason)
    trail.begin(actor=actor, at=at, reason=reason)
    standings.lock([subscription.customer_id])
    subscription = (
        Subscription.objects.select_for_update(no_key=True, of=("self",))
        .select_related("customer", "package")
        .get(pk=subscription.pk)
    )
    terms = new_terms.preview(subscription, cycle=cycle, billing_day=billing_day, today=today)
    if terms.fingerprint != fingerprint:
        raise TermsMoved(_("Something has changed since these bills were shown. Look again."))
    if cycle != subscription.cycle:  # steps are prices of the old cycle
        PriceStep.objects.filter(subscription=subscription, applied_on__isnull=True).delete()
    subscription = subscriptions.change_terms(
        subscription=subscription, cycle=cycle, billing_day=billing_day,
        price_amount=terms.price.net, gross_amount=terms.price.gross, reason=reason, actor=actor,
        at=at,
    )  # fmt: skip
    standings.refresh([subscription.customer_id])
    return subscription
