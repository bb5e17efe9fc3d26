"""How the pages about cash answer: a form in a dialog, and where its work can be seen."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from ispbill.accounts.http import Request
from payments.models import Shift


def address(shift: Shift) -> str:
    return reverse("staff_payments:shift", args=[shift.number])


def dialog(
    request: Request, form: Any, heading: str, label: str, back: str,
    effects: list[str] | None = None, *, danger: bool = False,
) -> HttpResponse:  # fmt: skip
    context = {
        "form": form, "form_action": request.get_full_path(), "heading": heading,
        "confirm_label": label, "effects": effects or [], "back_url": back, "danger": danger,
    }  # fmt: skip
    status = 422 if form.errors else 200
    return render(request, "payments/staff/dialog.html", context, status=status)


def done(request: Request, shift: Shift | None, text: str) -> HttpResponse:
    place = address(shift) if shift is not None else reverse("staff_payments:shifts")
    return gone(request, place, text)


def gone(request: Request, place: str, text: str) -> HttpResponse:
    """Say that something is done and lead to its page, out of a dialog too."""
    messages.success(request, text)
    return HttpResponseClientRedirect(place) if request.htmx else redirect(place)
