"""/admin/ A-16: the company's choices about debit orders, and its service keys at NetCash."""

from typing import Any

from django.conf import settings as django_settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ispbill.accounts import editing, responses
from ispbill.accounts.access import freshly_proven, staff_only
from ispbill.accounts.http import Request
from ispbill.core.acts import Act
from payments.debits.forms.debit_settings import Choices, Keys
from payments.debits.models import DebitSettings
from payments.debits.services import settings
from payments.debits.views.debits import frame


@require_http_methods(["GET", "POST"])
@staff_only("settings.edit")
@editing.one_at_a_time
def choices(request: Request) -> HttpResponse:
    """Switch debit orders on, and what NetCash allows us."""
    if request.method == "POST":
        settings.held_choices()
    form = _choices(request)
    if form.is_bound and form.is_valid():
        with responses.refusals_in(form):
            settings.choose(
                choices=settings.Choices(**form.cleaned_data), act=Act.now(request.user)
            )
            messages.success(request, _("Saved."))
            return redirect("staff_payments:debit-settings")
    return _settings_page(request, form, _keys(request, is_asked=False))


@require_POST
@staff_only("settings.edit")
@freshly_proven
@editing.one_at_a_time
def keys(request: Request) -> HttpResponse:
    """Keep service keys, sealed; with simulators on, those of the simulated NetCash on a press."""
    if "simulator" in request.POST:
        with responses.refusals_told(request):
            settings.use_simulator(act=Act.now(request.user))
            messages.success(request, _("Connected to the simulated NetCash. Try the keys."))
        return redirect("staff_payments:debit-settings")
    settings.held_account()
    form = _keys(request)
    if form.is_valid():
        given = {name: str(value) for name, value in form.cleaned_data.items()}
        with responses.refusals_in(form):
            settings.save_keys(
                base_url=given.pop("base_url"),
                given=given,
                act=Act.now(request.user, reason=given.pop("reason", "")),
            )
            messages.success(request, _("The keys are saved. Try them."))
            return redirect("staff_payments:debit-settings")
    return _settings_page(request, _choices(request, is_asked=False), form)


@require_POST
@staff_only("settings.edit")
def check_keys(request: Request) -> HttpResponse:
    """Try the keys with a question that changes nothing, and say which does not work."""
    with responses.refusals_told(request):
        found = settings.check_keys(act=Act.now(request.user))
        for service, is_valid, words in found:
            say = messages.success if is_valid else messages.error
            say(request, f"{service}: {words}")
        if not found:
            messages.error(request, _("There is no key to try."))
    return redirect("staff_payments:debit-settings")


def _choices(request: Request, *, is_asked: bool = True) -> Choices:
    row = DebitSettings.current()
    return editing.form(request, Choices, about=row, initial=_chosen(), is_sent=is_asked)


def _keys(request: Request, *, is_asked: bool = True) -> Keys:
    return editing.form(
        request,
        Keys,
        about=settings.account(),
        place="netcash-keys",
        sealed=settings.key_marks(),
        is_sent=is_asked,
        initial={"base_url": settings.base_url()},
        saved=settings.saved_keys(),
    )


def _chosen() -> dict[str, Any]:
    row = DebitSettings.current()
    return {
        "is_on": row.is_on,
        "instruction": row.instruction,
        "authorises_itself": row.authorises_itself,
        "line_limit": row.line_limit_amount,
        "batch_limit": row.batch_limit_amount,
        "most_failures": row.most_failures,
        "bank_account": row.bank_account_id,
    }


def _settings_page(request: Request, form: Choices, keys: Keys) -> HttpResponse:
    secret = settings.postback_secret()
    conflict = editing.conflict_of(keys) or editing.conflict_of(form)
    context = {
        **frame(request, "settings"),
        "edit_conflict": conflict,
        "form": form,
        "keys": keys,
        "saved": settings.saved_keys(),
        "account": settings.account(),
        "has_simulator": django_settings.SIMULATORS,
        "postback_url": request.build_absolute_uri(
            reverse("public_payments:netcash-mandate", args=[secret])
        ),
    }
    refused = 409 if conflict else 422
    status = refused if form.errors or keys.errors else 200
    return render(request, "payments/debits/staff/debit_settings.html", context, status=status)
