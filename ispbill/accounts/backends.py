"""Sign-in by e-mail or phone. Throttling and second factors are the sign-in service's."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db import connection
from django.http import HttpRequest

from ispbill.accounts.models import User
from ispbill.core import statements

_COLUMNS = User._meta.concrete_fields
_NAMES = [str(column.attname) for column in _COLUMNS]
_BY_ID = (
    f"SELECT {', '.join(str(column.column) for column in _COLUMNS)}"  # noqa: S608 - the model's own
    f" FROM {User._meta.db_table} WHERE id = %s"
)
_READ = [
    (index, column) for index, column in enumerate(_COLUMNS) if hasattr(column, "from_db_value")
]


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

    def get_user(self, user_id: int) -> User | None:
        """Return the user whose session it is; None when gone or not active.

        Every page asks: the statement is always the same, and not put together anew.
        """
        found = statements.first(_BY_ID, [user_id])
        if found is None:
            return None
        values = list(found)
        for index, column in _READ:
            values[index] = column.from_db_value(values[index], column, connection)
        user = User.from_db(connection.alias, _NAMES, values)
        return user if self.user_can_authenticate(user) else None
