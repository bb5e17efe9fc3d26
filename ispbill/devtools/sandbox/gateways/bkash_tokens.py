"""Who may call bKash: grants, id tokens and the two-grants-an-hour rule."""

import secrets
import threading
import time
from collections.abc import Mapping
from typing import Any

from ispbill.devtools.sandbox.gateways.bkash_fields import said
from ispbill.devtools.sandbox.gateways.store import Store
from ispbill.devtools.sandbox.gateways.world import Asked, Switches

GRANTS_PER_HOUR = 2
HOUR = 3600.0
REFRESH_SECONDS = 28 * 24 * 3600.0


class Tokens:
    """The tokens given out, and how often of late."""

    def __init__(self, place: Mapping[str, Any], switches: Switches, store: Store) -> None:
        self._place = place
        self._switches = switches
        self._store = store
        self._lock = threading.Lock()
        self._granted: list[float] = []
        self._blocked_until = 0.0

    def forget(self) -> None:
        """Make every id token worthless and lift the block."""
        with self._lock:
            self._store.forget_tokens("id")
            self._granted.clear()
            self._blocked_until = 0.0

    def grant(self, asked: Asked, *, is_refresh: bool) -> tuple[int, Any]:
        body = asked.json or {}
        if not self._is_merchant(asked):
            return 200, {"status": "fail", "msg": "Invalid username and password combination"}
        if (body.get("app_key"), body.get("app_secret")) != (
            self._place["app_key"],
            self._place["app_secret"],
        ):
            return 200, said("2001")
        with self._lock:
            now = time.time()
            if is_refresh:
                if not self._store.is_token("refresh", str(body.get("refresh_token")), now):
                    return 401, {"message": "Unauthorized"}
            elif self._is_over_limit(now):
                return 429, {"message": "Too Many Requests"}
            id_token, refresh_token = secrets.token_urlsafe(48), secrets.token_urlsafe(48)
            self._store.add_token("id", id_token, now + self._switches.token_seconds)
            self._store.add_token("refresh", refresh_token, now + REFRESH_SECONDS)
        return 200, said(
            "0000",
            id_token=id_token,
            token_type="Bearer",  # noqa: S106 — a kind, no secret
            expires_in=self._switches.token_seconds,
            refresh_token=refresh_token,
        )

    def is_good(self, asked: Asked) -> bool:
        """Tell whether a call carries a living token and the right app key."""
        token = asked.headers.get("Authorization", "").removeprefix("Bearer ")
        lives = self._store.is_token("id", token, time.time())
        return lives and asked.headers.get("X-App-Key", "") == self._place["app_key"]

    def _is_merchant(self, asked: Asked) -> bool:
        given = (asked.headers.get("username", ""), asked.headers.get("password", ""))
        return given == (self._place["username"], self._place["password"])

    def _is_over_limit(self, now: float) -> bool:
        if not self._switches.limits_grants:
            return False
        if self._blocked_until > now:
            return True
        self._granted = [at for at in self._granted if at > now - HOUR]
        if len(self._granted) >= GRANTS_PER_HOUR:
            self._blocked_until = now + HOUR
            return True
        self._granted.append(now)
        return False
