"""The login behind what a customer types instead of the phone number."""

import re

from customers.models import CustomerLogin
from ispbill.accounts.models import User

_NUMBER = re.compile(r"CT-[0-9]{4}-[0-9]{1,15}")


def behind(typed: str) -> str | None:
    """Return the login that opens a customer number or a customer's e-mail, or None.

    An e-mail that is somebody's own login, or that several people's accounts carry, opens none.
    """
    logins = CustomerLogin.objects.filter(customer__archived_at__isnull=True)
    if _NUMBER.fullmatch(typed.upper()):
        logins = logins.filter(customer__number=typed.upper())
    elif "@" in typed and not User.objects.filter(login=typed.lower()).exists():
        logins = logins.filter(customer__email__iexact=typed)
    else:
        return None
    found = list(logins.values_list("user__login", flat=True).distinct()[:2])
    return found[0] if len(found) == 1 else None
