"""Archiving a customer's account, and bringing it back."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from customers.models import Customer, Subscription
from customers.services import account_states, profile
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError


class NotArchivable(DomainError):
    """A customer with a living service or an open balance stays in the books."""


@transaction.atomic
def archive(*, customer: Customer, act: Act) -> Customer:
    """Put an account away; it keeps its number and history. Raises NotArchivable."""
    act = trail.begin_with_reason(act=act)
    account_states.lock([customer.pk])
    customer = Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
    if customer.is_archived:
        raise NotArchivable(_("This account is archived already."))
    living = customer.subscriptions.exclude(status=Subscription.Status.CANCELLED).count()
    if living:
        raise NotArchivable(
            _(
                "%(name)s still has %(count)d service that is not cancelled."
                " Cancel the service first; then the account can be archived."
            )
            % {"name": customer.name, "count": living}
        )
    balance = customer.account_state.balance_amount
    if balance > 0:
        raise NotArchivable(
            _("%(name)s still owes money. Settle or write off the balance first.")
            % {"name": customer.name}
        )
    if balance < 0:
        raise NotArchivable(
            _("%(name)s has credit left. Refund it first.") % {"name": customer.name}
        )
    customer.archived_at = act.at
    customer.save(update_fields=["archived_at"])
    _record(customer, "customer.archived", act=act)
    return customer


def restore(*, customer: Customer, act: Act) -> Customer:
    """Bring an archived account back. Raises PhoneTaken when its number has a new owner."""
    try:
        with transaction.atomic():
            trail.begin(act=act.because(""))
            account_states.lock([customer.pk])
            customer = Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
            if not customer.is_archived:
                raise DomainError(_("This account is not archived."))
            if customer.merged_into_id is not None:
                raise DomainError(_("This account is a part of another. Take them apart instead."))
            customer.archived_at = None
            customer.save(update_fields=["archived_at"])
            _record(customer, "customer.restored", act=act)
    except IntegrityError as error:
        profile.raise_if_phone_taken(error, customer.phone, but=customer)
        raise
    return customer


def absorb(*, customer: Customer, into: Customer, act: Act) -> None:
    """Let an archived account be found as the one it became a part of."""
    customer = Customer.objects.get(pk=customer.pk)
    customer.merged_into = into
    customer.save(update_fields=["merged_into"])
    events.record(
        act=act,
        action="customer.merged",
        target=customer,
        customer_id=customer.pk,
        after={"into": into.number},
    )


def release(*, customer: Customer, act: Act) -> None:
    """Let an account stand by itself again. Raises PhoneTaken when its number has a new owner."""
    try:
        with transaction.atomic():
            Customer.objects.filter(pk=customer.pk).update(merged_into=None, archived_at=None)
            _record(customer, "customer.restored", act=act)
    except IntegrityError as error:
        profile.raise_if_phone_taken(error, customer.phone, but=customer)
        raise


def _record(customer: Customer, action: str, *, act: Act) -> None:
    events.record(act=act, action=action, target=customer, customer_id=customer.pk)
