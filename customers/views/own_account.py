"""Which of their accounts people look at in the portal."""

from collections.abc import Sequence

from django.db.models import QuerySet
from django.http import Http404

from customers.models import Customer
from customers.queries import directory
from ispbill.accounts.http import Request

CHOSEN = "portal_account"  # of the session: the number of an account


def accounts(request: Request) -> QuerySet[Customer]:
    """Return the accounts of the person who is signed in."""
    mine = directory.visible_to(request.user, customer_ids=request.customer_ids)
    return mine.select_related("account_state").order_by("pk")


def of(request: Request, *, among: QuerySet[Customer] | None = None) -> Customer:
    """Return the account the person looks at now; 404 without one.

    `among` is `accounts`, when more is wanted of each.
    """
    mine = list(accounts(request) if among is None else among)
    if not mine:
        raise Http404
    return chosen(request, mine)


def chosen(request: Request, mine: Sequence[Customer]) -> Customer:
    """Return the account that was chosen, or the first."""
    number = request.session.get(CHOSEN)
    return next((account for account in mine if account.number == number), mine[0])
