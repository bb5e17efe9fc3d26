"""What a person keeps of the register of payments: its columns, and filters under a name."""

from collections.abc import Iterable

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from customers.services import saved_views
from ispbill.accounts import responses
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.accounts.models import SavedView, User

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
    found = SavedView.objects.filter(Q(user=user) | Q(is_shared=True), page=PAGE)
    base = reverse("staff_payments:index")
    return [
        {
            "label": view.name,
            "url": f"{base}?{view.query}",
            "current": view.query == query,
            "pk": view.pk,
            "is_own": view.user_id == user.pk,
        }
        for view in found.order_by("name", "pk")
    ]


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
    query = request.POST.get("query", "")
    with responses.refusals_told(request):
        view = saved_views.save(
            user=request.user,
            page=PAGE,
            name=request.POST.get("name", ""),
            query=query,
            is_shared="is_shared" in request.POST,
        )
        query = view.query
        messages.success(request, _("The view is saved."))
    return HttpResponseRedirect(f"{reverse('staff_payments:index')}?{query}")


@require_POST
@staff_only("payments.view")
def remove_view(request: Request, pk: int) -> HttpResponse:
    """Forget one of one's own views."""
    view = get_object_or_404(SavedView, pk=pk, user=request.user, page=PAGE)
    saved_views.remove(user=request.user, view=view)
    messages.success(request, _("The view is removed."))
    return HttpResponseRedirect(reverse("staff_payments:index"))
