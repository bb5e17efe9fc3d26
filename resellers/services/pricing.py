"""A reseller's own prices: what new services and package changes of its customers cost.

They are the reseller's list among the company's price lists, so everything that asks for a price
finds them; here they are set by the partner, within what was agreed.
"""

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Cycle, Package, PackagePrice
from customers.services import packages
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from resellers.models import Reseller
from resellers.queries import price_list
from resellers.services import terms


class NotPriced(DomainError):
    """The reseller does not sell this package, or sells nothing at present."""


@transaction.atomic
def set_own(*, reseller: Reseller, package: Package, net: Decimal, act: Act[User]) -> PackagePrice:
    """Set what a package costs new services of a reseller's customers from today on.

    `net` a month, in the company's currency. Services that run keep their price. Raises NotPriced,
    OutsideLimits.
    """
    trail.begin(act=act)
    reseller = Reseller.objects.select_for_update(no_key=True, of=("self",)).get(pk=reseller.pk)
    line = price_list.line_of(reseller, package, on=act.on)
    if not reseller.is_active or line is None:
        raise NotPriced(_("You do not sell this package."))
    terms.check_price(reseller=reseller, package=package, listed=line.listed, wanted=net)
    made = packages.set_price(
        package=package,
        cycle=Cycle.MONTHLY,
        effective_from=act.on,
        amount=net,
        includes_tax=False,
        act=act,
        reseller_id=reseller.pk,
    )
    events.record(
        act=act,
        action="reseller.own_price_set",
        target=reseller,
        before={"package": package.name, "net": line.own},
        after={"package": package.name, "net": net},
    )
    return made
