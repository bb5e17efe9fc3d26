"""A reseller proposes a customer: a lead until the staff agree."""

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from customers.models import Area, Lead, Package
from customers.services import leads
from customers.services.leads import Interest
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
    """Write down somebody who wants to be a customer; the phone in E.164. Raises NotProposed."""
    if not (reseller.is_active and reseller.may_add_customers):
        raise NotProposed(_("No customers are added for this reseller at present."))
    if not reseller.areas.filter(pk=area.pk).exists():
        raise NotProposed(_("This area is not yours."))
    people = Q(reseller__isnull=False) | Q(reseller_user__isnull=False)
    is_partner = User.objects.filter(people, Q(phone=phone) | Q(login=phone)).exists()
    if is_partner or Reseller.objects.filter(phone=phone).exists():
        raise NotProposed(_("This is the phone of a reseller; give the customer's own."))
    return leads.add(
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
