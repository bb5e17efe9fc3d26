"""/admin/settings/gateways/: our accounts with payment gateways."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ispbill.accounts import editing, responses
from ispbill.accounts.access import freshly_proven, may, staff_only
from ispbill.accounts.http import Request
from ispbill.audit.forms import ReasonForm
from ispbill.core.acts import Act
from payments.online.forms.gateways import GatewayForm, secrets
from payments.online.models import GatewayAccount
from payments.online.queries import gateway_accounts, gateway_answers
from payments.online.services import setup


@require_GET
@staff_only("settings.view")
def index(request: Request) -> HttpResponse:
    """The accounts in the order customers see them."""
    labels = dict(GatewayAccount.Provider.choices)
    context = {
        "accounts": gateway_accounts.listed(setup.PROVIDERS),
        "providers": [(name, labels[name]) for name in setup.PROVIDERS],
        "may_edit": may(request.user, "settings.edit"),
        "unseen": gateway_answers.unseen(),
        "recording_days": settings.GATEWAY_RECORDING_DAYS,
    }
    return render(request, "payments/online/staff/gateways/index.html", context)


@require_http_methods(["GET", "POST"])
@staff_only("settings.edit")
@freshly_proven
def add(request: Request, provider: str) -> HttpResponse:
    """Ask for a new account, and keep it switched off."""
    name = provider.upper()
    if name not in setup.PROVIDERS:
        raise Http404
    form = GatewayForm(request.POST or None, provider=name)
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            account = setup.add(
                provider=name,
                values=form.values(),
                credentials=form.credentials(),
                act=Act.now(request.user),
            )
            messages.success(
                request, _("%(name)s is kept. Test it, then switch it on.") % {"name": account.name}
            )
            return _to_list(request)
    return _form(request, form)


@require_http_methods(["GET", "POST"])
@staff_only("settings.edit")
@freshly_proven
@editing.one_at_a_time
def edit(request: Request, slug: str) -> HttpResponse:
    """Change an account, with a reason; secrets left empty stay."""
    account = editing.held(request, _account(slug), no_key=True)
    form = editing.form(
        request,
        GatewayForm,
        about=account,
        sealed=secrets(account),
        provider=account.provider,
        account=account,
    )
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            setup.change(
                account=account,
                values=form.values(),
                credentials=form.credentials(),
                act=Act.now(request.user, reason=form.cleaned_data["reason"]),
            )
            messages.success(request, _("%(name)s is saved.") % {"name": account.name})
            return _to_list(request)
    return _form(request, form)


@require_http_methods(["GET", "POST"])
@staff_only("settings.edit")
def switch(request: Request, slug: str) -> HttpResponse:
    """Offer an account to customers, or stop offering it."""
    account = _account(slug)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            setup.switch(
                account=account,
                is_enabled=not account.is_enabled,
                act=Act.now(request.user, reason=form.cleaned_data["reason"]),
            )
            return _to_list(request)
    context = {"form": form, "account": account}
    return responses.form_page(request, "payments/online/staff/gateways/switch.html", context)


@require_POST
@staff_only("settings.edit")
def test(request: Request, slug: str) -> HttpResponse:
    """Try an account and show each step."""
    account = _account(slug)
    verdict = setup.test(account=account, act=Act.now(request.user))
    context = {"account": account, "verdict": verdict}
    return render(request, "payments/online/staff/gateways/test.html", context)


def _account(slug: str) -> GatewayAccount:
    return get_object_or_404(GatewayAccount, slug=slug, provider__in=setup.PROVIDERS)


def _form(request: Request, form: GatewayForm) -> HttpResponse:
    context = {
        "form": form,
        "account": form.account,
        "provider": GatewayAccount.Provider(form.provider).label,
        "address": request.path,
    }
    return responses.form_page(request, "payments/online/staff/gateways/form.html", context)


def _to_list(request: Request) -> HttpResponse:
    url = reverse("staff_payments:gateways")
    return responses.go(request, url)
