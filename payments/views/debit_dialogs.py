"""How the pages about debit orders ask and answer: one dialog, one way back."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django_htmx.http import HttpResponseClientRedirect

from ispbill.accounts.http import Request
from ispbill.core.errors import DomainError


def dialog(
    request: Request,
    form: Any,
    *,
    heading: str,
    label: str,
    back: str,
    act: Callable[[dict[str, Any]], str],
    effects: Sequence[str] = (),
    danger: bool = False,
) -> HttpResponse:
    """Show a form, or do `act` with what was given and go back with what it says.

    A DomainError is shown in the form; a valid form that succeeds leaves the dialog.
    """
    if form.is_bound and form.is_valid():
        try:
            said = act(form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, said)
            return HttpResponseClientRedirect(back) if request.htmx else redirect(back)
    context = {
        "form": form, "form_action": request.get_full_path(), "heading": heading,
        "confirm_label": label, "effects": list(effects), "back_url": back, "danger": danger,
    }  # fmt: skip
    status = 422 if form.is_bound else 200
    return render(request, "payments/staff/dialog.html", context, status=status)
