"""The customers a reseller serves: the only ones its pages may see."""

from customers.models import Customer
from ispbill.accounts.models import User
from resellers.models import Reseller


def ids(user: User) -> list[int]:
    """Return the ids of the customers of the reseller who signs in with `user`.

    A suspended reseller sees none.
    """
    reseller = Reseller.objects.filter(user=user, status=Reseller.Status.ACTIVE).first()
    if reseller is None:
        return []
    return list(
        Customer.objects.filter(reseller_id=reseller.pk, archived_at=None)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
