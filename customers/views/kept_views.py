"""Filters that a person keeps under a name: the tabs of every list that offers it, and its acts."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from customers.queries import saved_views as queries
from customers.services import saved_views
from ispbill.accounts import responses
from ispbill.accounts.http import Request
from ispbill.accounts.models import SavedView, User


def tabs(user: User, *, page: str, home: str, query: str) -> list[dict[str, object]]:
    """Return the person's own views and the shared ones as tabs; `query` is the present one."""
    return [
        {
            "label": view.name,
            "url": f"{home}?{view.query}",
            "current": view.query == query,
            "pk": view.pk,
            "is_own": view.user_id == user.pk,
        }
        for view in queries.offered(user_id=user.pk, page=page)
    ]


def save(request: Request, *, page: str, home: str) -> HttpResponse:
    """Keep the present filters of the list at `home` under a name."""
    query = request.POST.get("query", "")
    with responses.refusals_told(request):
        view = saved_views.save(
            user=request.user,
            page=page,
            name=request.POST.get("name", ""),
            query=query,
            is_shared="is_shared" in request.POST,
        )
        query = view.query
        messages.success(request, _("The view is saved."))
    return HttpResponseRedirect(f"{home}?{query}")


def remove(request: Request, pk: int, *, page: str, home: str) -> HttpResponse:
    """Forget one of one's own views."""
    view = get_object_or_404(SavedView, pk=pk, user=request.user, page=page)
    saved_views.remove(user=request.user, view=view)
    messages.success(request, _("The view is removed."))
    return HttpResponseRedirect(home)
