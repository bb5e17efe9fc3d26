"""How the pages about debit orders ask and answer: one dialog, one way back."""

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpResponse

from ispbill.accounts import responses
from ispbill.accounts.http import Request


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
        with responses.refusals_in(form):
            said = act(form.cleaned_data)
            return responses.go(request, back, said)
    return responses.dialog(
        request, form, heading=heading, label=label, back=back, effects=effects, danger=danger
    )
