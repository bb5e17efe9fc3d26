"""Answers several pages of payments give alike: a form in the dialog, and "done, go there"."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django_htmx.http import HttpResponseClientRedirect

from ispbill.accounts.http import Request


def dialog(
    request: Request, form: Any, *, heading: str, label: str, back: str,
    effects: Sequence[str] = (), danger: bool = False, warning: str = "",
) -> HttpResponse:  # fmt: skip
    """Show a form that asks before something happens; 422 when it was not filled in well."""
    context = {
        "form": form, "form_action": request.get_full_path(), "heading": heading,
        "confirm_label": label, "effects": effects, "back_url": back, "danger": danger,
        "warning": warning,
    }  # fmt: skip
    status = 422 if form.errors else 200
    return render(request, "payments/staff/dialog.html", context, status=status)


def done(request: Request, address: str, text: str) -> HttpResponse:
    """Say that it is done on the page `address`."""
    messages.success(request, text)
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)


def refused(request: Request, address: str, text: str) -> HttpResponse:
    """Say on the page `address` why it was not done."""
    messages.error(request, text)
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)
