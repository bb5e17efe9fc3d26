"""The customers a reseller serves: the only ones its pages may see."""

from collections.abc import Iterable

from django.db.models import QuerySet

from customers.models import Customer
from ispbill.accounts.models import User
from ispbill.core import rls
from resellers.models import ResellerUser
from resellers.queries import own

PER_PAGE = 25


def reach(user: User) -> list[int] | rls.Partner:
    """Return the customers of the reseller who signs in with `user`.

    A suspended reseller sees none; a collector those of the own areas.
    """
    login = own.login_of(user)
    if login is None or not login.reseller.is_active:
        return []
    found = Customer.objects.filter(reseller_id=login.reseller.pk, archived_at=None)
    areas = None
    if login.rights == ResellerUser.Rights.COLLECTOR:
        areas = tuple(login.reseller.areas.order_by("pk").values_list("pk", flat=True))
        found = found.filter(area__in=areas)
    return rls.Partner(
        login.reseller.pk,
        found.values_list("pk", flat=True),
        areas,
        only_looks=login.rights == ResellerUser.Rights.VIEWER,
        only_collects=login.rights == ResellerUser.Rights.COLLECTOR,
    )


def page(
    customer_ids: Iterable[int], *, text: str = "", after: int | None = None
) -> tuple[list[Customer], int | None]:
    """Return a page of own customers by number, and the next page's cursor."""
    found: QuerySet[Customer] = Customer.objects.filter(pk__in=customer_ids)
    for word in text.lower().split()[:5]:
        found = found.filter(search_text__contains=word.lstrip("0") or word)
    if after is not None:
        found = found.filter(pk__gt=after)
    page = list(found.select_related("area", "account_state").order_by("pk")[: PER_PAGE + 1])
    return page[:PER_PAGE], page[PER_PAGE - 1].pk if len(page) > PER_PAGE else None
