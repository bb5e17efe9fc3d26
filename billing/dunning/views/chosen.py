"""The customers ticked in a list, or all its filters leave: what a bulk action is about."""

from collections.abc import Callable

from django.db.models import Q, QuerySet

from billing.ledger.views import answers
from customers.models import Customer
from customers.queries import directory
from customers.views.chosen import MOST, everybody, refusal
from ispbill.accounts.http import Request
from ispbill.core import digits

__all__ = ["MOST", "ids", "refusal"]

Customers = QuerySet[Customer]


def ids(request: Request, whole: Callable[[Customers], Customers] | None = None) -> list[int]:
    """Return the chosen customers in reach: ticked ones, or all a list's filters leave.

    `whole` says who all are where they do not come from filters. One more than MOST stands for
    too many.
    """
    reach = directory.visible_to(request.user)
    branch = answers.chosen_branch(request)
    if branch is not None:
        reach = reach.filter(branch_id=branch)
    if request.method == "GET" and request.GET.get("all") == "1":
        found = whole(reach) if whole else everybody(reach, request.GET.get("filters", ""))
    else:
        given = request.POST.get("ids") or ",".join(request.GET.getlist("ids"))
        named = [one.strip() for one in given.split(",") if one.strip()]
        pks = digits.row_ids(named)
        numbers = [one for one in named if digits.row_id(one) is None]
        found = reach.filter(Q(pk__in=pks) | Q(number__in=numbers))
    return sorted(found.order_by("pk").values_list("pk", flat=True)[: MOST + 1])
