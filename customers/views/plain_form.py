"""A form that needs no page of its own: in the dialog, or alone with a way back to its list."""

from typing import Any

from django.http import HttpResponse

from ispbill.accounts import responses
from ispbill.accounts.http import Request


def show(
    request: Request,
    form: Any,
    title: str,
    *,
    back: str,
    back_label: str,
    note: str = "",
    live_url: str = "",
) -> HttpResponse:
    """Show a form with its title; `live_url` says something about what is being typed."""
    context = {
        "form": form,
        "title": title,
        "form_action": request.path,
        "back_url": back,
        "back_label": back_label,
        "note": note,
        "live_url": live_url,
    }
    return responses.form_page(request, "customers/staff/form.html", context)
