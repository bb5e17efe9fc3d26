"""Who may: what a role may do (`capabilities`), and the audience guard every view wears.

A guard leaves a mark (`audience`, `capability`) that the architecture test looks for on every
URL. A page your role may not use is 403; somebody else's object is 404 (see `visible_to`);
signed out is the login page. What a stolen session must not do asks for a fresh proof (step-up).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache, wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, get_urlconf, resolve, reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from ispbill.accounts import responses, viewing
from ispbill.accounts.capabilities import CAPABILITIES
from ispbill.accounts.models import User
from ispbill.core import clock, rls

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
Scope = Callable[[User], list[int] | rls.Partner]

MOST_UNPROVEN = 1_000  # people in a file without a fresh proof of who takes them out
PROVEN_AT = "proven_at"  # of the session: a real moment, in seconds

_scopes: dict[str, Scope] = {}
_checks: dict[str, Callable[[Any], None]] = {}  # by audience


class ProofNeeded(Exception):
    """Who is signed in must prove it anew first; the middleware asks, and then goes on."""


def may(user: Any, capability: str) -> bool:
    """Tell whether a user's role carries a capability (an unknown one is a programming error)."""
    roles = CAPABILITIES[capability]
    return bool(user.is_authenticated and user.is_active and user.role in roles)


def opens(user: Any, address: str) -> bool:
    """Tell whether somebody may open a page of the console by its address."""
    needed = _capability_at(address.partition("?")[0], get_urlconf())
    return needed is not None and (not needed or may(user, needed))


@lru_cache(maxsize=2_000)
def _capability_at(path: str, urlconf: str | None) -> str | None:
    """Return what a page of the console asks for, "" for other pages, None where there is none."""
    try:
        view: Any = resolve(path, urlconf).func
    except Resolver404:
        return None
    return view.capability if getattr(view, "audience", "") == "staff" else ""


def way_back(user: Any, *names: str) -> str:
    """Return the address of the first of these pages that somebody may open, else of the last."""
    addresses = [reverse(name) for name in names]
    return next((one for one in addresses if opens(user, one)), addresses[-1])


def branch_scope(user: User) -> int | None:
    """Return the only branch a user may see, or None for all (the one place that decides it)."""
    return user.branch_id if user.role == User.Role.BRANCH_MANAGER else None


def register_scope(role: str, scope: Scope) -> None:
    """Tell which customers' rows a portal role may see (called by the app that knows)."""
    _scopes[role] = scope


def register_check(audience: str, check: Callable[[Any], None]) -> None:
    """Have every view of an audience look at its request first; `check` raises to refuse it."""
    _checks[audience] = check


def own_accounts(user: Any) -> list[int]:
    """Return a signed-in customer's accounts, for public pages that show the portal around them."""
    if not user.is_authenticated or user.role != User.Role.CUSTOMER:
        return []
    scope = _scopes.get(User.Role.CUSTOMER)
    found = scope(user) if scope else []
    return found if isinstance(found, list) else []


def staff_only(capability: str) -> Callable[[View], View]:
    """Guard a console view: staff whose role carries `capability`."""
    if capability not in CAPABILITIES:
        raise KeyError(capability)

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            user = request.user
            if not user.is_authenticated and getattr(request, "htmx", None):
                return responses.sign_in_over(reverse("accounts:login"))
            if not user.is_authenticated or not user.is_console_user:
                return _to_login(request, "accounts:login")
            if not may(user, capability):
                raise PermissionDenied
            return _private(view(request, *args, **kwargs))

        return cast(View, _marked(guarded, audience="staff", capability=capability))

    return decorate


def customer_only(view: View) -> View:
    """Guard a customer-portal view; it runs under row-level security for the own accounts."""
    return _portal(
        view, roles=(User.Role.CUSTOMER,), audience="customer", login="accounts:portal-login"
    )


def reseller_only(view: View) -> View:
    """Guard a reseller-portal view; it runs under row-level security for the own customers."""
    return _portal(
        view, roles=(User.Role.RESELLER,), audience="reseller", login="accounts:reseller-login"
    )


def not_by_collectors(view: View) -> View:
    """Refuse a reseller's collector, who takes money and does nothing else.

    Stands below `reseller_only`, which says who is one.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if getattr(request, "only_collects", False):
            raise PermissionDenied(_("You take payments. The rest is done by others here."))
        return view(request, *args, **kwargs)

    return cast(View, guarded)


def technician_only(view: View) -> View:
    """Guard a view of the app for technicians and collectors.

    It runs under row-level security: for the customers of own jobs, and for none of a collector.
    """
    roles = (User.Role.TECHNICIAN, User.Role.COLLECTOR)
    return _portal(view, roles=roles, audience="technician", login="accounts:technician-login")


def public(view: View) -> View:
    """Mark a view that anybody may open, signed in or not."""
    return cast(View, _marked(view, audience="public", capability=""))


def signed_in(view: View) -> View:
    """Guard a view for anybody who is signed in, whatever the role (own account pages)."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _to_login(request, "accounts:login")
        return _private(view(request, *args, **kwargs))

    return cast(View, _marked(guarded, audience="signed-in", capability=""))


def freshly_proven(view: View) -> View:
    """Guard what a view changes: password or factor proven within STEP_UP_SECONDS.

    Stands below the audience guard, so that a person who may not use the page is told just that.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in {"GET", "HEAD"}:
            demand_proof(request)
        return view(request, *args, **kwargs)

    guarded.needs_proof = True  # type: ignore[attr-defined]
    return cast(View, guarded)


def demand_proof(request: HttpRequest) -> None:
    """Go on only with a fresh proof of who is asking. Raises ProofNeeded.

    For what a view sees only when it knows what was asked: an amount, how many people.
    """
    if not is_proven(request):
        raise ProofNeeded


def demand_proof_for_file(request: HttpRequest, people: int) -> None:
    """Let a file of more than MOST_UNPROVEN people leave only with a fresh proof of who takes it.

    Raises ProofNeeded.
    """
    if people > MOST_UNPROVEN:
        demand_proof(request)


def is_proven(request: HttpRequest) -> bool:
    """Tell whether password or factor were proven within STEP_UP_SECONDS; a sign-in is a proof."""
    age = clock.real_now().timestamp() - request.session.get(PROVEN_AT, 0)
    return bool(age <= settings.STEP_UP_SECONDS)


def note_proof(request: HttpRequest) -> None:
    """Keep with the session that its owner has just proven who they are."""
    request.session[PROVEN_AT] = clock.real_now().timestamp()


def simulator_only(view: View) -> View:
    """Guard a /sim/ page: it exists only while simulators are on."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.SIMULATORS:
            raise Http404
        return view(request, *args, **kwargs)

    return cast(View, _marked(guarded, audience="simulator", capability=""))


def gateway_only(view: View) -> View:
    """Mark a webhook: no session, no CSRF; its sender is checked by the gateway code."""
    return cast(View, _marked(view, audience="gateway", capability=""))


def _portal(view: View, *, roles: tuple[str, ...], audience: str, login: str) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = request.user
        if not user.is_authenticated or user.role not in roles:
            viewed = _viewed(request, roles)
            if viewed is None:
                return _to_login(request, login)
            user = viewed
        scope = _scopes.get(user.role)
        reach = scope(user) if scope else []
        if isinstance(reach, rls.Partner):
            if reach.only_looks and request.method not in {"GET", "HEAD"}:
                raise PermissionDenied(_("You may only look at these pages. Nothing was changed."))
            request.only_collects = reach.only_collects  # type: ignore[attr-defined]
        ids = reach.ids if isinstance(reach, rls.Partner) else reach
        request.customer_ids = ids  # type: ignore[attr-defined]
        with _as(request, user), rls.as_portal(reach):
            if audience in _checks:
                _checks[audience](request)
            return _private(view(request, *args, **kwargs))

    return cast(View, _marked(guarded, audience=audience, capability=""))


def _viewed(request: HttpRequest, roles: tuple[str, ...]) -> User | None:
    """Return whom staff look as, None for nobody. Raises PermissionDenied for a change."""
    if not may(request.user, "resellers.view_as"):
        return None
    viewed = viewing.person(request, roles=roles)
    if viewed is not None and request.method not in {"GET", "HEAD"}:
        raise PermissionDenied(_("You are only looking at these pages. Nothing was changed."))
    return viewed


@contextmanager
def _as(request: HttpRequest, user: User) -> Iterator[None]:
    """Let the view, and what it renders, take `user` for who is signed in."""
    signed_in = request.user
    request.user = user
    try:
        yield
    finally:
        request.user = signed_in


def _marked(view: Callable[..., HttpResponseBase], *, audience: str, capability: str) -> Any:
    view.audience = audience  # type: ignore[attr-defined]
    view.capability = capability  # type: ignore[attr-defined]
    return view


def _private(response: HttpResponseBase) -> HttpResponseBase:
    if not response.has_header("Cache-Control"):
        add_never_cache_headers(response)
        response["Cache-Control"] = "private, no-store"
    return response


def _to_login(request: HttpRequest, name: str) -> HttpResponse:
    htmx = getattr(request, "htmx", None)
    came_from = request.get_full_path()
    if htmx and htmx.current_url_abs_path:
        came_from = htmx.current_url_abs_path
    target = f"{reverse(name)}?{urlencode({'next': came_from})}"
    return responses.sign_in_at(request, target)
