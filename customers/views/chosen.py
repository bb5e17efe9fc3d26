"""The ticked rows of the list, or everything a filter leaves: what a change to many is about."""

from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _

from customers.forms.listing import Filtering
from customers.queries import directory
from customers.views import scope
from ispbill.accounts.http import Request
from ispbill.core import clock
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
        everybody = directory.everybody(
            customers, Filtering(QueryDict(filters)).filters(), on=clock.today()
        )
        ids = everybody.order_by("pk").values_list("pk", flat=True)[: MOST + 1]
        return Chosen(sorted(ids), [("all", "1"), ("filters", filters)])
    texts = [text for text in given.getlist("ids") if text.isascii() and text.isdigit()]
    ids_given = [int(text) for text in texts if len(text) < 19]
    visible = customers.filter(pk__in=ids_given[: MOST + 1]).values_list("pk", flat=True)
    return Chosen(sorted(visible), [("ids", text) for text in texts])


def check(chosen: Chosen) -> None:
    """Raise DomainError for nobody, and for more than one change may touch."""
    if not chosen.ids:
        raise DomainError(_("Tick some customers first."))
    if len(chosen.ids) > MOST:
        raise DomainError(
            _("That is more than 5,000 customers. Narrow the filters and do it in parts.")
        )
