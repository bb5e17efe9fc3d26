"""What a person keeps of the register of payments: its columns, and filters under a name."""

from collections.abc import Iterable

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from customers.services import saved_views
from customers.views import kept_views
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.accounts.models import User

PAGE = "payments"  # the key of this list's views and columns
# Receipt, customer and amount are always there. Key → words, shown unless chosen otherwise.
COLUMNS: dict[str, tuple[Promise, bool]] = {
    "received": (gettext_lazy("Received"), True),
    "method": (gettext_lazy("Method"), True),
    "reference": (gettext_lazy("Reference"), True),
    "collector": (gettext_lazy("Collected by"), True),
    "branch": (gettext_lazy("Branch"), True),
    "credit": (gettext_lazy("Credit left"), True),
    "booked": (gettext_lazy("Day in the books"), False),
    "note": (gettext_lazy("Note"), False),
    "state": (gettext_lazy("State"), True),
}


def known(names: Iterable[str]) -> list[str]:
    """Return those that are columns, in the list's order."""
    wanted = set(names)
    return [name for name in COLUMNS if name in wanted]


def chosen(user: User) -> list[str]:
    """Return the columns this person wants to see."""
    kept = user.preferences.get(PAGE, {}).get("columns")
    if kept is None:
        return [name for name, (_words, is_shown) in COLUMNS.items() if is_shown]
    return known(kept)


def choices(shown: list[str]) -> list[dict[str, object]]:
    """Return all columns with whether they are shown."""
    return [
        {"name": name, "label": words, "is_shown": name in shown}
        for name, (words, _default) in COLUMNS.items()
    ]


def tabs(user: User, *, query: str) -> list[dict[str, object]]:
    """Return the person's own views and the shared ones as tabs; `query` is the present one."""
    return kept_views.tabs(user, page=PAGE, home=reverse("staff_payments:index"), query=query)


@require_POST
@staff_only("payments.view")
def keep_columns(request: Request) -> HttpResponse:
    """Remember the columns ticked."""
    saved_views.keep_columns(
        user=request.user, page=PAGE, columns=known(request.POST.getlist("columns"))
    )
    if request.headers.get("X-Requested-With") == "fetch":
        return HttpResponse(status=204)
    return HttpResponseRedirect(reverse("staff_payments:index"))


@require_POST
@staff_only("payments.view")
def save_view(request: Request) -> HttpResponse:
    """Keep the present filters under a name."""
    return kept_views.save(request, page=PAGE, home=reverse("staff_payments:index"))


@require_POST
@staff_only("payments.view")
def remove_view(request: Request, pk: int) -> HttpResponse:
    """Forget one of one's own views."""
    return kept_views.remove(request, pk, page=PAGE, home=reverse("staff_payments:index"))
