"""What a person keeps of the queue: filters under a name."""

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from customers.views import kept_views
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.accounts.models import User

PAGE = "tickets"  # the key of this list's views


def tabs(user: User, *, query: str) -> list[dict[str, object]]:
    """Return the person's own views and the shared ones as tabs; `query` is the present one."""
    return kept_views.tabs(user, page=PAGE, home=reverse("staff_tickets:index"), query=query)


@require_POST
@staff_only("tickets.view")
def save_view(request: Request) -> HttpResponse:
    """Keep the present filters under a name."""
    return kept_views.save(request, page=PAGE, home=reverse("staff_tickets:index"))


@require_POST
@staff_only("tickets.view")
def remove_view(request: Request, pk: int) -> HttpResponse:
    """Forget one of one's own views."""
    return kept_views.remove(request, pk, page=PAGE, home=reverse("staff_tickets:index"))
