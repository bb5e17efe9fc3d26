"""Orders that come to nothing: surveyed and refused, or given up before the line was in."""

from django.db import transaction
from django.utils.translation import gettext as _

from billing.allocation.models import Payment
from billing.changes.services import termination
from billing.invoices.models import Invoice
from billing.ledger.services import account_states
from customers.models import Customer, Lead, Subscription
from customers.services import archiving, leads
from fieldservice.models import WorkOrder
from fieldservice.rules import lifecycle as job_lifecycle
from fieldservice.services import orders as jobs
from ispbill.accounts.models import User
from ispbill.audit.services import trail
from ispbill.core.acts import Act
from signup.models import Order
from signup.rules import lifecycle
from signup.services import announcing, locking


@transaction.atomic
def survey(*, order: Order, act: Act[User]) -> Order:
    """Say that somebody has to look at the place before it is decided. Raises WrongState."""
    trail.begin(act=act)
    order = locking.lock(order)
    locking.refuse_move(order, lifecycle.SURVEY)
    locking.move(order, lifecycle.SURVEY, act=act)
    if order.lead is not None and order.lead.is_open:
        leads.move(lead=order.lead, stage=Lead.Stage.SURVEY, act=act)
    return order


@transaction.atomic
def reject(*, order: Order, act: Act[User]) -> Order:
    """Refuse an order before it is accepted; the lead is lost. Raises ReasonMissing, WrongState."""
    act = trail.begin_with_reason(act=act)
    order = locking.lock(order)
    locking.refuse_move(order, lifecycle.REJECTED)
    _lose(order, act=act)
    _end(order, lifecycle.REJECTED, act=act)
    return order


@transaction.atomic
def cancel(*, order: Order, act: Act[User]) -> Order:
    """Give an order up until it is installed. Raises ReasonMissing, WrongState.

    Its job and its service end with it, and the customer is archived unless money has moved.
    """
    act = trail.begin_with_reason(act=act)
    if order.customer_id is not None:
        account_states.lock([order.customer_id])
    order = locking.lock(order)
    locking.refuse_move(order, lifecycle.CANCELLED)
    if order.customer is None:
        _lose(order, act=act)
    else:
        _take_down(order, order.customer, act=act)
    trail.begin(act=act)
    _end(order, lifecycle.CANCELLED, act=act)
    return order


def has_money(customer: Customer) -> bool:
    """Tell whether money has moved on an account: anything billed or paid."""
    bills = Invoice.objects.filter(customer=customer)
    return bills.exists() or Payment.objects.filter(customer=customer).exists()


def _take_down(order: Order, customer: Customer, *, act: Act[User]) -> None:
    for job in WorkOrder.objects.filter(subscription=order.subscription).order_by("pk"):
        if "cancel" in job_lifecycle.possible(job.state):
            jobs.cancel(order=job, act=act)
    assert order.subscription_id is not None  # noqa: S101 - the database keeps it
    service = Subscription.objects.get(pk=order.subscription_id)
    if service.status != Subscription.Status.CANCELLED:
        termination.terminate(subscription=service, on=act.on, act=act, with_fee=False)
    others = customer.subscriptions.exclude(status=Subscription.Status.CANCELLED)
    if not customer.is_archived and not others.exists() and not has_money(customer):
        archiving.archive(customer=customer, act=act)


def _lose(order: Order, *, act: Act[User]) -> None:
    if order.lead is not None and order.lead.is_open:
        leads.move(lead=order.lead, stage=Lead.Stage.LOST, lost_reason=act.reason[:120], act=act)


def _end(order: Order, becomes: str, *, act: Act) -> None:
    order.ended_at, order.ended_reason = act.at, act.reason[:300] or _("No reason given")
    locking.move(order, becomes, "ended_at", "ended_reason", act=act)
    announcing.closed(order, at=act.at)
