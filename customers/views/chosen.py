"""The ticked rows of the list, or everything a filter leaves: what a change to many is about."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from customers.forms.listing import Filtering
from customers.models import Customer
from customers.queries import directory
from customers.views import scope
from ispbill.accounts.http import Request
from ispbill.core import clock, digits
from ispbill.core.errors import DomainError

MOST = 5000


@dataclass(frozen=True)
class Chosen:
    """The rows meant: ids, and how the form tells of them again."""

    ids: list[int]
    repeated: list[tuple[str, str]]


def of(request: Request, given: QueryDict) -> Chosen:
    """Return the customers in reach that were ticked, or that a list's filters leave."""
    customers = scope.customers(request)
    if given.get("all") == "1":
        filters = given.get("filters", "")
        ids = everybody(customers, filters).order_by("pk").values_list("pk", flat=True)[: MOST + 1]
        return Chosen(sorted(ids), [("all", "1"), ("filters", filters)])
    named = digits.row_ids(given.getlist("ids"))
    visible = customers.filter(pk__in=named[: MOST + 1]).values_list("pk", flat=True)
    return Chosen(sorted(visible), [("ids", str(pk)) for pk in named])


def everybody(reach: QuerySet[Customer], filters: str) -> QuerySet[Customer]:
    """Return the customers in reach that a list's filters (its query string) leave."""
    return directory.everybody(reach, Filtering(QueryDict(filters)).filters(), on=clock.today())


def check(chosen: Chosen) -> None:
    """Raise DomainError for nobody, and for more than one change may touch."""
    refused = refusal(chosen.ids)
    if refused:
        raise DomainError(refused)


def refusal(ids: Sequence[int]) -> str:
    """Say why nothing can be done for so few or so many customers; "" when it can."""
    if not ids:
        return _("Tick some customers first.")
    if len(ids) > MOST:
        return _("That is more than 5,000 customers. Narrow the filters and do it in parts.")
    return ""
