"""The customers' list: pages, filters, columns, saved views."""

from datetime import date
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from customers.forms.listing import FilterDrawer, Filtering
from customers.queries import listing
from customers.queries import saved_views as saved
from customers.queries.directory import Filters
from customers.services import saved_views
from customers.views import bulk_actions, columns, filter_names, kept_views, links, rows, scope
from ispbill.accounts import responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.core import chips, clock, digits, paging, sheets
from ispbill.core.errors import DomainError
from ispbill.core.paging import Pager


@require_GET
@staff_only("customers.view")
def index(request: Request) -> HttpResponse:
    """Show a page of customers; htmx asks for the list region alone."""
    is_filtered = _is_filtered(request)
    form = Filtering(request.GET) if is_filtered else None  # twenty fields are not made for nothing
    filters = form.filters() if form is not None else Filters()
    size, on = _size(request.GET.get("size", "")), clock.today()
    shown = columns.chosen(request.user)
    reach = scope.customers(request)
    listed = listing.listed(
        reach,
        filters,
        window=_window(request, size),
        on=on,
        extras=rows.extras(shown),
        reach=scope.reach(request),
    )
    query, pager, role = (
        request.GET.urlencode(),
        _pager(request, listed, size),
        str(request.user.role),
    )
    is_swap = responses.is_fragment(request, "list")
    # Of a filter alone: of everybody the figure stands on the first page.
    owed = listing.owed(reach, listed.found) if is_filtered else None
    context = {
        "rows": rows.shown(listed.page.rows, columns=shown, on=on, pay_url=links.pay(request.user)),
        "shown": {name: name in shown for name in columns.COLUMNS},
        "count": listed.found.count,
        "is_cut": listed.found.is_cut,
        "corrected": listed.found.corrected,
        "query": filters.q,
        "is_filtered": is_filtered,
        "columns": shown,
        "pager": pager,
        "owed": owed,
        "chips": chips.of(form, request.GET, words=filter_names.NAMES) if form is not None else [],
        "bulk_actions": lambda: bulk_actions.offered(role),
        "may_edit": may(request.user, "customers.edit"),
        "is_swap": is_swap,
        "import_url": links.address("staff_signup:imports"),
        # All that the list's head, foot and bulk bar follow from, for `{% kept %}`.
        "made_for": repr(
            (query, shown, listed.found.count, listed.found.is_cut, owed, pager, role)
        ),
    }
    if is_swap:
        return responses.varied(render(request, "customers/staff/_list.html", context))
    context |= _frame(request, shown=shown, query=query, on=on)
    return responses.varied(render(request, "customers/staff/index.html", context))


@require_GET
@staff_only("customers.view")
def filter_drawer(request: Request) -> HttpResponse:
    """Show the filters with everything there is to choose from."""
    form = FilterDrawer(request.GET, user=request.user)
    form.is_valid()
    kept = {"sort": request.GET.get("sort", ""), "size": request.GET.get("size", "")}
    return responses.varied(
        render(request, "customers/staff/filters.html", {"form": form, "kept": kept})
    )


@require_POST
@staff_only("customers.view")
def keep_columns(request: Request) -> HttpResponse:
    """Remember the columns ticked, and the density."""
    saved_views.keep_columns(
        user=request.user, page=scope.PAGE, columns=columns.known(request.POST.getlist("columns"))
    )
    if density := request.POST.get("density"):
        try:
            saved_views.keep_density(user=request.user, density=density)
        except DomainError as error:
            return HttpResponse(str(error), status=422)
    if request.headers.get("X-Requested-With") == "fetch" or request.htmx:
        return HttpResponse(status=204)
    return HttpResponseRedirect(reverse("staff_customers:index"))


@require_POST
@staff_only("customers.view")
def save_view(request: Request) -> HttpResponse:
    """Keep the present filters under a name."""
    return kept_views.save(request, page=scope.PAGE, home=reverse("staff_customers:index"))


@require_POST
@staff_only("customers.view")
def remove_view(request: Request, pk: int) -> HttpResponse:
    """Forget one of one's own views."""
    return kept_views.remove(request, pk, page=scope.PAGE, home=reverse("staff_customers:index"))


@require_GET
@staff_only("customers.view")
def row_menu(request: Request, number: str) -> HttpResponse:
    """Show what may be done with one row."""
    customer = scope.customer(request, number)
    context = {
        "customer": customer,
        "pay_url": links.address("staff_payments:pay")
        if may(request.user, "payments.take")
        else "",
        "may_edit": may(request.user, "customers.edit"),
        "may_archive": may(request.user, "customers.archive"),
        "switches": [
            switch
            for service in customer.subscriptions.order_by("line_no")
            for switch in links.switches(request.user, number, service)
        ],
    }
    return responses.varied(render(request, "customers/staff/row_menu.html", context))


def _frame(request: Request, *, shown: list[str], query: str, on: date) -> dict[str, Any]:
    """Return what stands around the list: its views, tools and menu."""
    views = _own_views(request)
    return {
        "tabs": lambda: _tabs(request, views, on=on),
        "choices": lambda: columns.choices(request.user),
        "columns_url": reverse("staff_customers:columns"),
        "exports": lambda: _exports(request, query),
        "filters_url": f"{reverse('staff_customers:filters')}?{query}",
        "save_view_url": reverse("staff_customers:save-view"),
        "remove_view_name": "staff_customers:remove-view",
        "kept_query": query,
        # All that these follow from, for `{% kept %}`.
        "tools_for": repr((query, shown, views, on, request.user.role)),
    }


def _window(request: Request, size: int) -> listing.Window:
    return listing.Window(
        sort=request.GET.get("sort", listing.DEFAULT_SORT),
        size=size,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )


def _size(text: str) -> int:
    size = digits.whole(text)
    return size if size in listing.SIZES else 25


def _pager(request: Request, listed: listing.Listed, size: int) -> Pager:
    count = listed.found.count
    return Pager(
        newer=listed.page.before,
        older=listed.page.after,
        size=size,
        sizes=listing.SIZES,
        total=count.number if count.is_exact else None,
        first=paging.first_row(request.GET),
        shown=len(listed.page.rows),
    )


def _exports(request: Request, query: str) -> list[dict[str, str]]:
    if not may(request.user, "customers.export"):
        return []
    csv, xlsx = (reverse("staff_customers:export", args=[kind]) for kind in ("csv", "xlsx"))
    return sheets.offered(f"{csv}?{query}", f"{xlsx}?{query}")


def _is_filtered(request: Request) -> bool:
    passing = {"sort", "size", *paging.POSITION}
    return any(value for key, value in request.GET.items() if key not in passing)


def _own_views(request: Request) -> list[tuple[int, str, str, bool]]:
    """Return the saved views on offer: id, name, query, and whether it is one's own."""
    user_id = request.user.pk
    offered = saved.offered(user_id=user_id, page=scope.PAGE)
    return [(view.pk, view.name, view.query, view.user_id == user_id) for view in offered]


def _tabs(
    request: Request, views: list[tuple[int, str, str, bool]], *, on: date
) -> list[dict[str, Any]]:
    passing = {"sort", "size", *paging.POSITION}
    here = {key: values for key, values in request.GET.lists() if key not in passing}
    now = sorted((key, values[-1]) for key, values in here.items())
    query_here = urlencode(here, doseq=True)
    home = links.address("staff_customers:index")
    tabs = [
        _tab(home, label, query, is_here=pairs == now)
        for label, query, pairs in _built_in(on, get_language())
    ]
    for pk, name, query, is_own in views:
        tab = _tab(home, name, query, is_here=query == query_here)
        tabs.append(tab | {"pk": pk, "is_own": is_own})
    return tabs


@lru_cache(maxsize=20)  # the same all day; kept for each language
def _built_in(on: date, _language: str | None) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Return words, query string and its sorted pairs of the views everybody has."""
    views = [
        (_("All"), []),
        (_("Active"), [("status", "ACTIVE")]),
        (_("Due now"), [("overdue", "0")]),
        (_("Overdue > 7 days"), [("overdue", "7")]),
        (_("Suspended"), [("status", "SUSPENDED")]),
        (_("High risk"), [("churn", "HIGH")]),
        (_("New this month"), [("joined_from", on.replace(day=1).isoformat())]),
        (_("Duplicate suspects"), [("suspect", "on")]),
    ]
    return [(label, urlencode(pairs), sorted(pairs)) for label, pairs in views]


def _tab(home: str, label: str, query: str, *, is_here: bool) -> dict[str, Any]:
    return {"label": label, "url": f"{home}?{query}" if query else home, "current": is_here}
