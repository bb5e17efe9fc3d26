"""Where people belong after signing in, and where `next` may lead them."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from ispbill.accounts.models import User

_HOMES: dict[str, str] = {
    User.Role.CUSTOMER: "/portal/",
    User.Role.RESELLER: "/reseller-portal/",
    User.Role.TECHNICIAN: "/technician/",
    User.Role.COLLECTOR: "/technician/",
}


def home(user: User) -> str:
    """Return the first page of a user's own area."""
    return _HOMES.get(user.role, "/admin/")


def after_sign_in(request: HttpRequest, user: User, wanted: str) -> str:
    """Return `wanted` when it lies on this host and in the user's own area, else the home."""
    areas: tuple[str, ...] = (home(user), "/account/")
    if user.is_superuser:
        areas += ("/django-admin/",)
    if safe(request, wanted) and wanted.startswith(areas):
        return wanted
    return home(user)


def safe(request: HttpRequest, wanted: str) -> bool:
    """Tell whether an address is a plain path of this host.

    Django's own check allows absolute addresses of the same host; a path is all we ever write.
    """
    is_plain = wanted.startswith("/") and not any(char < " " or char == "\\" for char in wanted)
    return is_plain and url_has_allowed_host_and_scheme(
        wanted, allowed_hosts=None, require_https=request.is_secure()
    )
