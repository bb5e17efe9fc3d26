"""/admin/messages/providers/: our accounts with providers of SMS and WhatsApp."""

from django.contrib import messages as flash
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
from ispbill.core.models import Company
from ispbill.notifications.forms.providers import ProviderForm, TrialForm, secrets
from ispbill.notifications.models import MessageProvider
from ispbill.notifications.queries import providers
from ispbill.notifications.services import provider_accounts as desk
from ispbill.notifications.services import trial


@require_GET
@staff_only("settings.view")
def index(request: Request) -> HttpResponse:
    """Every provider there is an adapter for, with our account."""
    context = {"lines": providers.listed(), "may_edit": may(request.user, "settings.edit")}
    return render(request, "notifications/staff/providers/index.html", context)


@require_http_methods(["GET", "POST"])
@staff_only("settings.edit")
@freshly_proven
@editing.one_at_a_time
def edit(request: Request, kind: str) -> HttpResponse:
    """Set an account up, or change it; secrets left empty stay."""
    name = kind.upper()
    if name not in MessageProvider.Kind.values:
        raise Http404
    account = MessageProvider.objects.filter(kind=name).first()
    if account is None:
        form = ProviderForm(request.POST or None, kind=name)
    else:
        account = editing.held(request, account)
        form = editing.form(
            request,
            ProviderForm,
            about=account,
            sealed=secrets(account),
            kind=name,
            account=account,
        )
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            desk.keep(
                kind=name,
                base_url=form.cleaned_data["base_url"],
                credentials=form.credentials(),
                act=Act.now(request.user),
            )
            flash.success(request, _("Saved. Test it, then switch it on."))
            return _to_list(request)
    context = {
        "form": form,
        "account": account,
        "name": MessageProvider.Kind(name).label,
        "address": request.path,
    }
    return responses.form_page(request, "notifications/staff/providers/form.html", context)


@require_http_methods(["GET", "POST"])
@staff_only("settings.edit")
def switch(request: Request, kind: str) -> HttpResponse:
    """Send a channel's messages through an account, or no longer."""
    account = _account(kind)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        desk.switch(
            account=account,
            is_enabled=not account.is_enabled,
            act=Act.now(request.user, reason=form.cleaned_data["reason"]),
        )
        return _to_list(request)
    context = {"form": form, "account": account, "address": request.path}
    return responses.form_page(request, "notifications/staff/providers/switch.html", context)


@require_POST
@staff_only("settings.edit")
def test(request: Request, kind: str) -> HttpResponse:
    """Ask whether the account works, without a message, and show what it holds."""
    account = _account(kind)
    reason = desk.test(account=account, act=Act.now(request.user))
    if reason:
        flash.error(request, f"{account}: {reason}")
    else:
        flash.success(request, _("%(name)s works with these credentials.") % {"name": account})
    return _to_list(request)


@require_http_methods(["GET", "POST"])
@staff_only("settings.edit")
def send_test(request: Request, kind: str) -> HttpResponse:
    """Send one message through an account to a phone in the reader's hand."""
    account = _account(kind)
    form = TrialForm(request.POST or None, initial={"phone": request.user.phone})
    context = {"form": form, "account": account, "address": request.path}
    if request.method == "POST" and form.is_valid():
        text = _("Test message from %(company)s. All is well.") % {
            "company": Company.current().name
        }
        act = Act.now(request.user)
        try:
            done = desk.send_test(
                account=account, recipient=form.cleaned_data["phone"], text=text, act=act
            )
        except trial.NotSent as error:
            form.add_error(None, str(error))
        else:
            said = _("%(name)s took it as %(ref)s.") % {"name": account, "ref": done.ref or "–"}
            flash.success(request, said)
            return _to_list(request)
    return responses.form_page(request, "notifications/staff/providers/trial.html", context)


def _account(kind: str) -> MessageProvider:
    return get_object_or_404(MessageProvider, kind=kind.upper())


def _to_list(request: Request) -> HttpResponse:
    return responses.go(request, reverse("staff_notifications:providers"))
