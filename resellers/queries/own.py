"""Which reseller somebody signs in for, and with which rights."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from ispbill.accounts.models import User
from resellers.models import Reseller, ResellerUser
from resellers.rules import states


@dataclass(frozen=True)
class Login:
    """A reseller, and what who is signed in may do for it."""

    reseller: Reseller
    rights: str

    def may(self, what: str) -> bool:
        """Tell whether the rights allow it; a suspended reseller only looks."""
        return self.reseller.is_active and states.may(self.rights, what)

    @property
    def may_collect(self) -> bool:
        return self.may(states.COLLECT) and self.reseller.may_collect

    @property
    def may_add(self) -> bool:
        return self.may(states.CUSTOMERS) and self.reseller.may_add_customers

    @property
    def may_discount(self) -> bool:
        return self.may_move_money and bool(self.reseller.discount_limit)

    @property
    def may_move_money(self) -> bool:
        return self.may(states.MONEY)


def resellers_of(user: User) -> QuerySet[Reseller]:
    """Return the reseller somebody signs in for (none: a stranger), suspended ones too."""
    found = Reseller.objects.filter(Q(user=user) | Q(users__user=user))
    return found.filter(status__in=[Reseller.Status.ACTIVE, Reseller.Status.SUSPENDED])


def login_of(user: User) -> Login | None:
    """Return what somebody signs in for, None for a stranger."""
    reseller = resellers_of(user).order_by("pk").first()
    if reseller is None:
        return None
    if user.viewed_by is not None:
        return Login(reseller, ResellerUser.Rights.VIEWER.value)
    given = ResellerUser.objects.filter(user=user).values_list("rights", flat=True).first()
    return Login(reseller, given or ResellerUser.Rights.PARTNER.value)
