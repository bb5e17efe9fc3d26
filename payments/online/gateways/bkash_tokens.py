"""bKash's id tokens, shared by all workers: the gateway closes its door after two grants an hour.

The token lies sealed in the cache. Who finds none, or an old one, renews it under a lock; the
others wait for it. Without the cache nothing is granted: every process would ask for itself.
"""

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from django.core.cache import cache

from ispbill.core import crypto
from ispbill.core.cache import UNREACHABLE
from payments.online.gateways.answers import text
from payments.online.gateways.bkash_answers import MAINTENANCE, SYSTEM_ERROR, WRONG_KEY, read
from payments.online.gateways.errors import GatewayDown, GatewayRefused, WrongCredentials

GRANTS_PER_HOUR = 2
HOUR = 3600  # seconds
_EARLY = 300  # seconds before its end at which a token is renewed
_REFRESH_LIFE = 27 * 24 * HOUR  # the gateway's own is about 28 days
_LOCK = 40  # seconds; longer than a call may take
_WAIT = 35.0  # seconds for somebody else's renewal
_LOOK = 0.05  # seconds between two looks


Post = Callable[[str, Mapping[str, str], Mapping[str, str]], tuple[int, bytes]]
"""``post(path, body, headers)`` → status and body."""


class _Closed(GatewayDown):
    """Maintenance: nothing was done."""


class Tokens:
    """The token of one account. Credentials: username, password, app_key, app_secret."""

    def __init__(self, base_url: str, credentials: Mapping[str, str], post: Post) -> None:
        self._credentials = credentials
        self._post = post
        names = ("username", "password", "app_key", "app_secret")
        told = "\0".join([base_url, *(credentials.get(name, "") for name in names)])
        self._key = f"bkash:{hashlib.sha256(told.encode()).hexdigest()[:40]}"

    def current(self) -> str:
        """Return a living token. Raises WrongCredentials and GatewayDown."""
        return self._living() or self._renewed(rejected="")

    def after(self, rejected: str) -> str:
        """Return another token than the one the gateway no longer takes."""
        return self._renewed(rejected=rejected)

    def _renewed(self, *, rejected: str) -> str:
        lock = f"{self._key}:lock"
        deadline = time.monotonic() + _WAIT
        while not self._adds(lock, _LOCK):
            token = self._living()
            if token and token != rejected:
                return token
            if time.monotonic() > deadline:
                raise GatewayDown("no token in time", was_sent=False)
            time.sleep(_LOOK)
        try:
            token = self._living()
            if token and token != rejected:
                return token
            return self._refreshed() or self._granted()
        finally:
            cache.delete(lock)

    def _refreshed(self) -> str:
        """Renew by the refresh token, "" when there is none or it is not taken."""
        kept = self._kept()
        if not kept or kept["refresh_until"] <= time.time():
            return ""
        try:
            return self._asked("/token/refresh", refresh_token=kept["refresh_token"])
        except GatewayRefused:
            return ""

    def _granted(self) -> str:
        counter = f"{self._key}:grants"
        try:
            cache.add(counter, 0, HOUR)
            count = cache.incr(counter)
        except (*UNREACHABLE, ValueError) as error:
            raise GatewayDown("our cache cannot be reached", was_sent=False) from error
        if count > GRANTS_PER_HOUR:
            raise GatewayDown("two tokens were granted within the hour", was_sent=False)
        try:
            return self._asked("/token/grant")
        except _Closed:  # it says itself that it gave none out
            with suppress(*UNREACHABLE, ValueError):
                cache.decr(counter)
            raise

    def _asked(self, path: str, **more: str) -> str:
        """Return the token asked for. A gateway closed for a while is not one that does not know
        us."""
        credentials = self._credentials
        try:
            status, body = self._post(
                path,
                {
                    "app_key": credentials["app_key"],
                    "app_secret": credentials["app_secret"],
                    **more,
                },
                {"username": credentials["username"], "password": credentials["password"]},
            )
            if status == 503:
                raise _Closed("status 503", was_sent=False)
            if status == 429 or status >= 500:
                raise GatewayDown(f"status {status}")
            answer = read(body)
        except _Closed:
            raise
        except GatewayDown as error:
            # Whatever happened to this question: what the token is for was never asked.
            raise GatewayDown(error.detail, was_sent=False) from error
        token = text(answer, "id_token")
        if not token:
            raise _no_token(status, answer, is_refresh=bool(more))
        life = text(answer, "expires_in")
        self._keep(
            {
                "id_token": token,
                "until": time.time() + (int(life) if life.isdecimal() else HOUR),
                "refresh_token": text(answer, "refresh_token"),
                "refresh_until": time.time() + _REFRESH_LIFE,
            }
        )
        return token

    def _living(self) -> str:
        kept = self._kept()
        return str(kept["id_token"]) if kept and kept["until"] - _EARLY > time.time() else ""

    def _kept(self) -> dict[str, Any] | None:
        sealed = cache.get(self._key)
        if not sealed:
            return None
        try:
            found: dict[str, Any] = json.loads(crypto.unseal(sealed, context=self._key))
        except crypto.Unreadable:
            return None
        return found

    def _keep(self, token: Mapping[str, Any]) -> None:
        sealed = crypto.seal(json.dumps(dict(token)), context=self._key)
        cache.set(self._key, sealed, _REFRESH_LIFE)

    def _adds(self, key: str, seconds: int) -> bool:
        try:
            return bool(cache.add(key, 1, seconds))
        except UNREACHABLE as error:
            raise GatewayDown("our cache cannot be reached", was_sent=False) from error


def _no_token(status: int, answer: Mapping[str, Any], *, is_refresh: bool) -> Exception:
    """Return why there is none: wrong credentials only where that is what it says.

    A refresh token that is not taken is no wrong credential either: a grant comes after it.
    """
    code = text(answer, "statusCode")
    said = text(answer, "statusMessage") or text(answer, "msg") or text(answer, "message")
    detail = said or (f"code {code}" if code else f"status {status}")
    if status in (401, 403) or code == WRONG_KEY or text(answer, "status") == "fail":
        return WrongCredentials(detail, code=code)
    if code == MAINTENANCE:
        return _Closed(detail, was_sent=False)
    if is_refresh and code not in ("", SYSTEM_ERROR):
        return GatewayRefused(detail, code=code)
    return GatewayDown(detail, was_sent=False)
