"""Logging in to a virtual router, the present way and the old one.

Source: MikroTik, "API" in the RouterOS manual, section "Initial login": since 6.43 name and
password travel in one sentence; before, a bare `/login` is answered with a challenge. 6.45.1 took
the old way out.
"""

import hashlib
import os
from collections.abc import Mapping

from ispbill.devtools.sandbox.routeros.errors import Trap
from ispbill.devtools.sandbox.routeros.router import VirtualRouter
from ispbill.devtools.sandbox.routeros.spec import UserSpec

_BAD_LOGIN = "invalid user name or password (6)"
_OLD_BAD_LOGIN = "cannot log in"


class Login:
    """The login of one connection; it holds the challenge until it is met."""

    def __init__(self, router: VirtualRouter) -> None:
        self._router = router
        self._challenge = b""

    def attempt(self, given: Mapping[str, str], *, is_refused: bool) -> UserSpec | str:
        """Return the user who has proven to be it, or a challenge (hex) to be met; raises Trap.

        `is_refused`: whoever it is (a fault that is switched on).
        """
        spec = self._router.spec
        is_asking = "response" not in given and (spec.wants_challenge or "name" not in given)
        if is_asking and spec.takes_challenges:
            self._challenge = os.urandom(16)
            return self._challenge.hex()
        user = self._router.users.get(given.get("name", ""))
        is_right = user is not None and self._proves(user, given)
        if user is None or not is_right or is_refused or "api" not in user.policies:
            raise Trap(_OLD_BAD_LOGIN if spec.wants_challenge else _BAD_LOGIN)
        return user

    def _proves(self, user: UserSpec, given: Mapping[str, str]) -> bool:
        if "response" not in given or not self._router.spec.takes_challenges:
            return given.get("password") == user.password
        secret = b"\x00" + user.password.encode() + self._challenge
        expected = hashlib.md5(secret, usedforsecurity=False).hexdigest()
        is_right = bool(self._challenge) and given["response"] == f"00{expected}"
        self._challenge = b""
        return is_right
