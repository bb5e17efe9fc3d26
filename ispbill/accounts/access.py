"""Who may: capabilities by role, and the audience guard every view wears.

A guard leaves a mark (`audience`, `capability`) that the architecture test looks for on every
URL. A page your role may not use is 403; somebody else's object is 404 (see `visible_to`);
signed out is the login page. What a stolen session must not do asks for a fresh proof (step-up).
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.cache import add_never_cache_headers

from ispbill.accounts import responses
from ispbill.accounts.models import User
from ispbill.core import clock, rls

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
Scope = Callable[[User], list[int]]

MOST_UNPROVEN = 1_000  # people in a file without a fresh proof of who takes them out
PROVEN_AT = "proven_at"  # of the session: a real moment, in seconds

R = User.Role
_OFFICE: set[str] = {R.OWNER, R.BILLING, R.BRANCH_MANAGER}
_READERS: set[str] = _OFFICE | {R.CASHIER, R.SUPPORT, R.NOC, R.SALES, R.AUDITOR}

# The company's own people; customers and resellers get their logins where they are registered.
STAFF_ROLES: tuple[str, ...] = tuple(r for r in R.values if r not in {R.CUSTOMER, R.RESELLER})

# What a role may do. One line a capability, read by people before computers.
CAPABILITIES: dict[str, set[str]] = {
    "console.use": set(_READERS),
    "customers.view": set(_READERS),
    "customers.edit": _OFFICE | {R.SUPPORT, R.SALES},
    "customers.archive": set(_OFFICE),
    "notes.write": _READERS - {R.AUDITOR},  # remarks on a customer's timeline
    "customers.export": _OFFICE | {R.AUDITOR, R.SALES},
    "leads.view": _OFFICE | {R.SALES, R.SUPPORT, R.AUDITOR},
    "leads.edit": _OFFICE | {R.SALES, R.SUPPORT},
    "orders.view": _OFFICE | {R.SALES, R.SUPPORT, R.NOC, R.AUDITOR},  # sign-ups
    "orders.decide": _OFFICE | {R.SALES, R.SUPPORT},  # accept, reject, give up
    "orders.papers": _OFFICE | {R.SALES, R.SUPPORT},  # national ids and the like
    "packages.view": set(_READERS),
    "packages.edit": {R.OWNER, R.BILLING},
    "tax.edit": {R.OWNER, R.BILLING},  # rates, and who is exempt
    "discounts.grant": _OFFICE | {R.SALES},
    "addons.sell": _OFFICE | {R.SALES, R.SUPPORT},
    "fees.charge": _OFFICE | {R.CASHIER},
    "areas.edit": {R.OWNER, R.BRANCH_MANAGER, R.NOC},
    "services.edit": _OFFICE | {R.SUPPORT, R.SALES, R.NOC},
    "services.switch": _OFFICE | {R.SUPPORT, R.NOC},  # activate, suspend, reactivate, cancel
    "changes.decide": set(_OFFICE),  # approve or reject another package
    "billing.view": _OFFICE | {R.CASHIER, R.SUPPORT, R.AUDITOR, R.SALES},
    "billing.run": {R.OWNER, R.BILLING},
    "billing.correct": {R.OWNER, R.BILLING},
    "billing.charge": set(_OFFICE),
    "approvals.decide": set(_OFFICE),
    "payments.view": _OFFICE | {R.CASHIER, R.SUPPORT, R.AUDITOR},
    "payments.take": _OFFICE | {R.CASHIER, R.COLLECTOR},
    "payments.reverse": set(_OFFICE),
    "cash.view": _OFFICE | {R.AUDITOR},  # everybody's shifts, the safe, closed days
    "cash.supervise": set(_OFFICE),  # sign counts, close days, take cash to the bank
    "payments.refund": set(_OFFICE),
    "bank.view": {R.OWNER, R.BILLING, R.AUDITOR},  # statements, unmatched money, payouts
    "bank.edit": {R.OWNER, R.BILLING},
    "debits.edit": set(_OFFICE),  # ways to pay and mandates of a customer
    "debits.run": {R.OWNER, R.BILLING},  # send, authorise, try again, decide about a line
    "vouchers.view": _OFFICE | {R.CASHIER, R.SUPPORT, R.AUDITOR, R.SALES},
    "vouchers.edit": {R.OWNER, R.BILLING},  # make, sell, block, take a buyer's money
    "vouchers.print": {R.OWNER, R.BILLING},  # see the secret codes, on paper or in a file
    "vouchers.lapse": {R.OWNER},  # take what nobody redeemed into income
    "ledger.view": {R.OWNER, R.BILLING, R.AUDITOR},
    "ledger.edit": {R.OWNER, R.BILLING},  # own accounts, accepting a revenue leak
    "ledger.close": {R.OWNER, R.BILLING},
    "ledger.reopen": {R.OWNER},
    "network.view": {R.OWNER, R.NOC, R.SUPPORT, R.BRANCH_MANAGER, R.AUDITOR, R.BILLING},
    "network.edit": {R.OWNER, R.NOC},
    "outages.edit": {R.OWNER, R.NOC, R.BRANCH_MANAGER},  # a branch manager's own branch
    "field.view": _READERS - {R.CASHIER},  # jobs at customers' addresses
    "field.edit": {R.OWNER, R.BRANCH_MANAGER, R.SUPPORT, R.NOC},  # plan and give them out
    "field.decide": {R.OWNER, R.BRANCH_MANAGER},  # which of two versions of a job holds
    "stock.view": _READERS - {R.CASHIER},
    "stock.edit": {R.OWNER, R.BRANCH_MANAGER, R.NOC},  # receive, move, give out, count
    "stock.decide": {R.OWNER, R.BRANCH_MANAGER},  # approve the differences of a count
    "messages.view": _READERS - {R.CASHIER},
    "messages.edit": {R.OWNER, R.BILLING},
    "messages.send": set(_OFFICE),  # a text of one's own to many customers
    "tickets.view": set(_READERS),
    "tickets.work": _OFFICE | {R.SUPPORT, R.NOC, R.SALES},
    "tickets.lead": {R.OWNER, R.BRANCH_MANAGER},  # merge, redact; beside them a team's own lead
    "contracts.view": _READERS - {R.CASHIER, R.NOC},
    "contracts.edit": _OFFICE | {R.SALES, R.SUPPORT},  # draw up, send, take back
    "contracts.waive_fee": set(_OFFICE),  # let somebody leave early for nothing
    "resellers.view": _OFFICE | {R.AUDITOR, R.SALES},
    "resellers.edit": {R.OWNER, R.BILLING},  # state, plan, limits, prices, users, moves
    "commissions.approve": set(_OFFICE),
    "payouts.pay": {R.OWNER, R.BILLING},  # record and approve payouts to resellers
    "referrals.decide": set(_OFFICE),  # clear or refuse who brought whom
    "reports.view": _OFFICE | {R.AUDITOR},
    "audit.view": {R.OWNER, R.AUDITOR, R.BRANCH_MANAGER, R.BILLING},
    "backups.view": {R.OWNER, R.AUDITOR},
    "alarms.take_on": {R.OWNER, R.NOC},
    "jobs.view": {R.OWNER, R.BILLING, R.NOC, R.AUDITOR},
    "jobs.run": {R.OWNER, R.BILLING},
    "staff.view": {R.OWNER, R.AUDITOR, R.BRANCH_MANAGER},
    "staff.edit": {R.OWNER},
    "settings.view": {R.OWNER, R.BILLING, R.AUDITOR},
    "settings.edit": {R.OWNER},
}

_scopes: dict[str, Scope] = {}


class ProofNeeded(Exception):
    """Who is signed in must prove it anew first; the middleware asks, and then goes on."""


def may(user: Any, capability: str) -> bool:
    """Tell whether a user's role carries a capability (an unknown one is a programming error)."""
    roles = CAPABILITIES[capability]
    return bool(user.is_authenticated and user.is_active and user.role in roles)


def branch_scope(user: User) -> int | None:
    """Return the only branch a user may see, or None for all (the one place that decides it)."""
    return user.branch_id if user.role == User.Role.BRANCH_MANAGER else None


def register_scope(role: str, scope: Scope) -> None:
    """Tell which customers' rows a portal role may see (called by the app that knows)."""
    _scopes[role] = scope


def own_accounts(user: Any) -> list[int]:
    """Return a signed-in customer's accounts, for public pages that show the portal around them."""
    if not user.is_authenticated or user.role != User.Role.CUSTOMER:
        return []
    scope = _scopes.get(User.Role.CUSTOMER)
    return scope(user) if scope else []


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
            return _to_login(request, login)
        scope = _scopes.get(user.role)
        ids = scope(user) if scope else []
        request.customer_ids = ids  # type: ignore[attr-defined]
        with rls.as_portal(ids):
            return _private(view(request, *args, **kwargs))

    return cast(View, _marked(guarded, audience=audience, capability=""))


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
