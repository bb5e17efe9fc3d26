"""Who pays: somebody with a link, or a customer who is signed in and stays inside the portal."""

from django.http import HttpRequest, HttpResponse

from ispbill.accounts import access

PORTAL, PUBLIC = "customer/shell.html", "public/shell.html"


def is_inside(request: HttpRequest, customer_id: int) -> bool:
    """Tell whether the account is the visitor's own, seen from the portal."""
    return customer_id in access.own_accounts(request.user)


def frame(request: HttpRequest, customer_id: int) -> dict[str, object]:
    """Return what the page stands in: the portal's shell for an own account, else the public one.

    The shell's links follow (`ispbill.portals.shell`).
    """
    inside = is_inside(request, customer_id)
    request.is_inside_portal = inside  # type: ignore[attr-defined]
    return {"frame": PORTAL if inside else PUBLIC, "is_inside": inside}


def private(response: HttpResponse) -> HttpResponse:
    """Keep an address that opens a page out of other sites' logs and of search engines."""
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response
