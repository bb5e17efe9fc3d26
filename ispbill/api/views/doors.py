"""Who may call an operation, judged before anything of the call is read: 401, 429, 403, 404, 415.

A customer's program sees what the customer's portal sees, under the portal's database role; a
member of staff's sees what the console shows that person now. A portal session opens the
dashboard without a token.
"""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import wraps
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.translation import gettext as _
from ninja.security.base import AuthBase

from customers.models import Customer
from customers.queries import directory, merges
from ispbill.accounts.access import may, own_accounts
from ispbill.accounts.http import client_ip
from ispbill.accounts.models import User
from ispbill.accounts.services import throttle
from ispbill.api.rules import scopes as rules
from ispbill.api.services import kept_answers, tokens
from ispbill.api.services.kept_answers import Answer, Call
from ispbill.api.views import problems
from ispbill.api.views.problems import Problem
from ispbill.core import rls
from ispbill.core.acts import Act

_WRITES = {"POST", "PUT", "PATCH", "DELETE"}
_MINUTE = 60
_MOST_KEY = 255


@dataclass(frozen=True)
class Caller:
    """Who calls: the person, and the accounts a customer has. `scopes` None: a portal session."""

    user: User
    scopes: frozenset[str] | None
    customer_ids: tuple[int, ...] = ()

    @property
    def is_customer(self) -> bool:
        return self.user.role == User.Role.CUSTOMER


class Asking(HttpRequest):
    """A request that has come through a door."""

    caller: Caller
    rate: tuple[int, int]
    unknown: list[str]


class Door(AuthBase):
    """The guard of one operation: a scope, and what has to be there before the body is read."""

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __init__(
        self, scope: str, *, find: Callable[[Any], object] | None = None, needs_key: bool = False
    ) -> None:
        self.scope, self._find, self._needs_key = scope, find, needs_key
        super().__init__()

    def __call__(self, request: HttpRequest) -> Caller:
        asking = cast(Asking, request)
        caller = _identified(request)
        asking.caller = caller
        _count(asking)
        self._check_scope(caller)
        if self._find is not None:
            self._find(asking)
        if request.method in _WRITES and request.body and not _is_json(request):
            raise Problem(415, "not_json", _("Send JSON."))
        if asking.unknown:
            raise problems.invalid(
                [
                    {"loc": ("query", name), "type": "unknown", "msg": _("There is no such field.")}
                    for name in asking.unknown
                ]
            )
        if self._needs_key and not key_of(request):
            raise Problem(400, "idempotency_key_missing", _("Send an Idempotency-Key."))
        return caller

    def _check_scope(self, caller: Caller) -> None:
        is_theirs = self.scope in rules.OF_CUSTOMERS
        has_role = (
            caller.is_customer if is_theirs else may(caller.user, rules.CAPABILITY[self.scope])
        )
        has_scope = caller.scopes is None or self.scope in caller.scopes
        if not has_role or not has_scope:
            raise Problem(
                403,
                "insufficient_scope",
                _("This needs the scope %(scope)s.") % {"scope": self.scope},
            )


def under_rls(view: Callable[..., Any]) -> Callable[..., Any]:
    """Run a dashboard operation as the portal's role, limited to the caller's accounts."""

    @wraps(view)
    def guarded(request: Asking, *args: Any, **kwargs: Any) -> Any:
        with rls.as_portal(request.caller.customer_ids):
            return view(request, *args, **kwargs)

    return guarded


def account(request: Asking, number: str = "") -> Customer:
    """Return the account a dashboard call is about. Raises Problem when it has to be said."""
    mine = list(
        directory.visible_to(request.caller.user, customer_ids=request.caller.customer_ids)
        .select_related("account_state", "area")
        .order_by("pk")
    )
    if number:
        found = next((one for one in mine if one.number == number), None)
        if found is None:
            with rls.as_house():
                now = merges.living_number(number)
            found = next((one for one in mine if one.number == now), None)
        if found is None:
            raise problems.missing()
        return found
    if len(mine) > 1:
        raise Problem(422, "account_required", _("Say which account: ?account=CT-…"))
    if not mine:
        raise problems.missing()
    return mine[0]


def once(request: Asking, body: Any, write: Callable[[], tuple[int, Any]]) -> HttpResponse:
    """Do a write, once under its Idempotency-Key; a portal's caller writes as the house."""
    as_house: AbstractContextManager[None] = (
        rls.as_house() if request.caller.is_customer else nullcontext()
    )
    call = Call(
        owner=request.caller.user,
        method=request.method or "",
        path=request.path,
        key=key_of(request),
        body=body,
    )
    with as_house:
        try:
            answer = kept_answers.once(call, lambda: Answer(*write()))
        except kept_answers.KeyReused as error:
            raise Problem(422, "idempotency_key_reused", str(error)) from error
        except kept_answers.InProgress as error:
            raise Problem(409, "idempotency_in_progress", str(error)) from error
    if answer.status == 204:
        response = HttpResponse(status=204)
    else:
        response = JsonResponse(answer.body, status=answer.status)
    if answer.is_replayed:
        response["Idempotent-Replayed"] = "true"
    return response


def act(request: Asking, reason: str = "") -> Act[User]:
    """Return the act of the caller."""
    return Act.now(request.caller.user, reason=reason)


def _identified(request: HttpRequest) -> Caller:
    header = request.headers.get("Authorization", "")
    if header:
        kind, _blank, word = header.partition(" ")
        token = tokens.find(word.strip()) if kind.lower() == "bearer" else None
        if token is None:
            _count_stranger(request)
            raise problems.unauthenticated()
        return _caller(token.owner, frozenset(token.scopes))
    user = request.user
    if not user.is_authenticated or user.role != User.Role.CUSTOMER:
        _count_stranger(request)
        raise problems.unauthenticated()
    if request.method in _WRITES and CsrfViewMiddleware(_nothing).process_view(
        request, _nothing, (), {}
    ):
        raise Problem(403, "csrf", _("The form's token is missing."))
    return _caller(user, None)


def _nothing(_request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def _caller(user: User, scopes: Iterable[str] | None) -> Caller:
    held = None if scopes is None else frozenset(scopes)
    if user.role == User.Role.CUSTOMER:
        return Caller(user, held, tuple(own_accounts(user)))
    if not user.is_console_user:
        raise Problem(403, "insufficient_scope", _("This role has no API."))
    return Caller(user, held)


def _count(request: Asking) -> None:
    caller = request.caller
    most = rules.CUSTOMER if caller.is_customer else rules.STAFF
    limits = [(f"api:{caller.user.pk}", most)]
    if request.method in _WRITES and not caller.is_customer:
        limits.append((f"api-write:{caller.user.pk}", rules.STAFF_WRITES))
    try:
        used = throttle.count_in(limits, seconds=_MINUTE)
    except throttle.TooManyTries as error:
        raise _too_many(error) from error
    request.rate = (most, max(most - used[0], 0))


def _count_stranger(request: HttpRequest) -> None:
    place = throttle.network(client_ip(request))
    try:
        throttle.count_in([(f"api-stranger:{place}", rules.ANONYMOUS)], seconds=_MINUTE)
    except throttle.TooManyTries as error:
        raise _too_many(error) from error


def _too_many(error: throttle.TooManyTries) -> Problem:
    wait = {"Retry-After": str(error.wait_seconds)}
    return Problem(429, "too_many_calls", str(error), headers=wait)


def _is_json(request: HttpRequest) -> bool:
    return request.content_type in {"application/json", "application/merge-patch+json"}


def key_of(request: HttpRequest) -> str:
    key = request.headers.get("Idempotency-Key", "").strip().strip('"')
    if len(key) > _MOST_KEY:
        raise Problem(400, "idempotency_key_missing", _("A key has 1 to 255 characters."))
    return key
