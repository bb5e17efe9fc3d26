"""An order (or a lead) becomes a customer, a pending service and an installation job: all or none.

The three are written by the rooms they belong to, in one transaction, from here down.
"""

from contextlib import suppress
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Area, Customer, Lead, Subscription
from customers.services import leads, portal_access, referrals, registration
from customers.services.profile import Details
from customers.services.subscriptions import FirstService
from fieldservice.models import WorkOrder
from fieldservice.services import orders as jobs
from fieldservice.services.orders import NewOrder
from ispbill.accounts.models import User
from ispbill.audit.services import trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from resellers.queries import invitations
from signup.models import Order, OrderDocument
from signup.rules import lifecycle
from signup.services import locking


class NoArea(DomainError):
    """The pin lies near no area: somebody has to say which one it is."""


@transaction.atomic
def accept(
    *, order: Order, act: Act[User], area: Area | None = None, shared_phone_reason: str = ""
) -> Order:
    """Accept an order. Raises WrongState, NoArea, and what registering or adding refuses.

    The price it was asked for at holds for its thirty days; after them it is today's.
    """
    trail.begin(act=act)
    order = locking.lock(order)
    locking.refuse_move(order, lifecycle.ACCEPTED)
    order.area = area or order.area
    if order.area is None:
        raise NoArea(_("Say which area the address lies in."))
    order.branch = order.area.branch
    customer = _customer(order, act=act, shared_phone_reason=shared_phone_reason)
    service = customer.subscriptions.get()
    job = _install(customer, service, act=act, order=order)
    order.customer, order.subscription, order.work_order = customer, service, job
    fields = ("area", "branch", "customer", "subscription", "work_order")
    locking.move(order, lifecycle.ACCEPTED, *fields, act=act)
    with suppress(DomainError), transaction.atomic():  # the phone may be a colleague's login
        portal_access.open_portal_access(customer=customer, act=act)
    return order


@transaction.atomic
def convert_lead(
    *,
    lead: Lead,
    details: Details,
    act: Act[User],
    first_service: FirstService | None = None,
    shared_phone_reason: str = "",
    with_job: bool = True,
) -> Customer:
    """Make a lead a customer with a pending service and its installation job, in one step.

    Raises LeadClosed, OrderDecides (its order is accepted instead), and what registering refuses.
    """
    if Order.objects.filter(lead=lead, state__in=lifecycle.OPEN).exists():
        raise DomainError(_("This lead has an open order. Accept the order instead."))
    customer = leads.convert(
        lead=lead,
        details=details,
        first_service=first_service,
        shared_phone_reason=shared_phone_reason,
        act=act,
    )
    service = customer.subscriptions.first()
    if with_job and service is not None:
        _install(customer, service, act=act)
    return customer


def price_day(order: Order, *, on: date) -> date:
    """Return the day whose price an order gets when it is accepted on a company date."""
    held = order.price_until is not None and on <= order.price_until
    return order.priced_on if held and order.priced_on is not None else on


def _customer(order: Order, *, act: Act[User], shared_phone_reason: str) -> Customer:
    assert order.area is not None and order.package is not None  # noqa: S101, PT018 - narrows
    details = Details(
        name=order.name,
        phone=order.phone,
        area=order.area,
        address=order.address,
        email=order.email,
        latitude=order.latitude,
        longitude=order.longitude,
        language=order.language,
        referred_by=referrals.referrer_of(order.referral_code),
        preferred_billing_day=order.billing_day,
        reseller_id=_reseller_id(order),
    )
    first = FirstService(
        package=order.package, billing_day=order.billing_day, priced_on=price_day(order, on=act.on)
    )
    if order.lead is not None and order.lead.stage != Lead.Stage.WON:
        return leads.convert(
            lead=order.lead,
            details=details,
            first_service=first,
            shared_phone_reason=shared_phone_reason,
            act=act,
        )
    return registration.register(
        details=details, first_service=first, shared_phone_reason=shared_phone_reason, act=act
    )


def _reseller_id(order: Order) -> int | None:
    """Return whose customer it becomes: of the link's reseller, where that one works there."""
    reseller, area = order.reseller, order.area
    if reseller is None or area is None or not invitations.takes_customers(reseller):
        return None
    return reseller.pk if reseller.areas.filter(pk=area.pk).exists() else None


def _install(
    customer: Customer, service: Subscription, *, act: Act[User], order: Order | None = None
) -> WorkOrder:
    asked = NewOrder(
        customer=customer,
        kind=WorkOrder.Kind.INSTALLATION,
        subscription=service,
        reference=order.number if order is not None else "",
        instructions=_instructions(order) if order is not None else "",
    )
    return jobs.create(asked=asked, act=act)


def _instructions(order: Order) -> str:
    """Return what the technician should see to: the national id is needed before activation."""
    has_id = order.documents.filter(kind=OrderDocument.Kind.NATIONAL_ID).exists()
    return "" if has_id else _("Ask for the national id: the order came without it.")
