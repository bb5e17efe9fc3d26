"""What a person keeps of the queue: filters under a name."""

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.services import saved_views
from ispbill.accounts import responses
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.accounts.models import SavedView, User

PAGE = "tickets"  # the key of this list's views


def tabs(user: User, *, query: str) -> list[dict[str, object]]:
    """Return the person's own views and the shared ones as tabs; `query` is the present one."""
    found = SavedView.objects.filter(Q(user=user) | Q(is_shared=True), page=PAGE)
    base = reverse("staff_tickets:index")
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
@staff_only("tickets.view")
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
    return HttpResponseRedirect(f"{reverse('staff_tickets:index')}?{query}")


@require_POST
@staff_only("tickets.view")
def remove_view(request: Request, pk: int) -> HttpResponse:
    """Forget one of one's own views."""
    view = get_object_or_404(SavedView, pk=pk, user=request.user, page=PAGE)
    saved_views.remove(user=request.user, view=view)
    messages.success(request, _("The view is removed."))
    return HttpResponseRedirect(reverse("staff_tickets:index"))
