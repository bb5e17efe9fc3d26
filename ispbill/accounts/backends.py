"""Sign-in by e-mail or phone. Throttling and second factors are the sign-in service's."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from ispbill.accounts.models import User


class LoginBackend(ModelBackend):
    """Find the user by login; an unknown login costs the same time as a wrong password."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        login = str(kwargs.get("login") or username or "")
        if not login or password is None:
            return None
        user = User.objects.filter(login=login).first()
        if user is None:
            User().set_password(password)
            return None
        if user.check_password(password) and self.user_can_authenticate(user):
            return user
        return None
