"""A reseller adds a customer: a lead until the staff agree, or at once where that was agreed."""

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from customers.models import Area, Lead, Package
from customers.services import leads
from customers.services.leads import Interest
from customers.services.profile import Details
from customers.services.subscriptions import FirstService
from ispbill.accounts.models import User
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from resellers.models import Reseller


class NotProposed(DomainError):
    """The reseller adds nobody at present, nobody of its own, and nobody elsewhere."""


@transaction.atomic
def propose(
    *,
    reseller: Reseller,
    name: str,
    phone: str,
    address: str,
    area: Area,
    package: Package | None,
    act: Act[User],
) -> Lead:
    """Write down somebody who wants to be a customer; the phone in E.164.

    Where the office need not agree, and a package was chosen, the lead is won at once: its
    `customer` has a pending service. Raises NotProposed, and what registering refuses.
    """
    if not (reseller.is_active and reseller.may_add_customers):
        raise NotProposed(_("No customers are added for this reseller at present."))
    if not reseller.areas.filter(pk=area.pk).exists():
        raise NotProposed(_("This area is not yours."))
    people = Q(reseller__isnull=False) | Q(reseller_user__isnull=False)
    is_partner = User.objects.filter(people, Q(phone=phone) | Q(login=phone)).exists()
    if is_partner or Reseller.objects.filter(phone=phone).exists():
        raise NotProposed(_("This is the phone of a reseller; give the customer's own."))
    lead = leads.add(
        interest=Interest(
            name=name,
            phone=phone,
            branch=area.branch,
            address=address,
            area=area,
            package=package,
            source=f"{reseller.number} {reseller.name}"[:40],
        ),
        act=act,
    )
    is_new = lead.created_at == act.at
    if reseller.needs_approval or package is None or not is_new:
        return lead
    leads.convert(
        lead=lead,
        details=Details(
            name=name, phone=phone, area=area, address=address, reseller_id=reseller.pk
        ),
        first_service=FirstService(package),
        act=act,
    )
    lead.refresh_from_db()
    return lead
