"""What these pages share: what is in reach, and ways to upper apps."""

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from customers.models import Customer, Subscription
from customers.queries import directory
from ispbill.accounts import responses
from ispbill.accounts.access import branch_scope
from ispbill.accounts.http import Request

# A field of a dialog that changes what comes: the coming bill is drawn again.
REDRAWN = {
    "hx-trigger": "change",
    "hx-target": "#coming-bill",
    "hx-select": "#coming-bill",
    "hx-swap": "outerHTML",
    "hx-include": "closest form",
    "hx-disabled-elt": "unset",  # the form's own names its button, which a field has not
}


def done(request: Request, text: str, *, back: str, level: str = "success") -> HttpResponse:
    """Answer an act that succeeded."""
    return responses.done(request, text, back=back, level=level)


def chosen_branch(request: Request) -> int | None:
    """Return the one branch to show: the user's own, or the one chosen in the top bar."""
    own = branch_scope(request.user)
    if own is not None:
        return own
    chosen = request.session.get("branch_id")
    return int(chosen) if chosen else None


def customer(request: Request, number: str) -> Customer:
    """Return one customer in reach by account number; somebody else's is not found."""
    reach: QuerySet[Customer] = directory.visible_to(request.user)
    return get_object_or_404(reach.select_related("account_state", "area"), number=number)


def service(request: Request, number: str, line_no: int) -> Subscription:
    """Return one service in reach, with customer, account state and package."""
    reach = directory.visible_to(request.user)
    return get_object_or_404(
        Subscription.objects.select_related("customer__account_state", "package"),
        customer__in=reach.filter(number=number),
        line_no=line_no,
    )


def size_of(text: str, sizes: tuple[int, ...]) -> int:
    """Return the page size asked for, or the smallest."""
    return int(text) if text.isascii() and text.isdigit() and int(text) in sizes else sizes[0]
