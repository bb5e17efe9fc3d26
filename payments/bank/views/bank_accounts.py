"""/admin/bank/: our accounts, their statements, and the payers we know."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from ispbill.accounts import editing, responses
from ispbill.accounts.access import freshly_proven, may, staff_only
from ispbill.accounts.http import Request
from ispbill.audit.forms import ReasonForm
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.scanning import takes_files
from payments.bank.forms.bank import AccountForm, Upload
from payments.bank.models import BankAccount, KnownPayer, StatementImport
from payments.bank.queries import unmatched
from payments.bank.services import accounts, payers, uploads
from payments.bank.services.uploads import SameFile

LATEST = 50
MOST_PAYERS = 200


@require_GET
@staff_only("bank.view")
def index(request: Request) -> HttpResponse:
    """Show our accounts and the statements taken in, the latest first."""
    statements = StatementImport.objects.select_related("account", "uploaded_by")
    context = {
        "accounts": BankAccount.objects.filter(archived_at__isnull=True)
        .select_related("account")
        .order_by("name", "pk"),
        "statements": statements.order_by("-pk")[:LATEST],
        "figures": unmatched.figures(on=clock.today()),
        "may_edit": may(request.user, "bank.edit"),
    }
    return render(request, "payments/bank/staff/bank.html", context)


@require_http_methods(["GET", "POST"])
@staff_only("bank.edit")
@takes_files
def upload(request: Request) -> HttpResponse:
    """Take a statement's file in; then its columns are named."""
    form = Upload(
        request.POST or None,
        request.FILES or None,
        initial={"account": request.GET.get("account", "")},
    )
    if request.method == "POST" and form.is_valid():
        try:
            statement = uploads.upload(
                account=form.cleaned_data["account"],
                name=form.cleaned_data["file"].name,
                content=form.cleaned_data["file"].content,
                act=Act.now(request.user),
            )
        except SameFile as refusal:
            messages.warning(request, str(refusal))
            return responses.go(
                request, _statement(refusal.earlier), _("Here is what it has brought.")
            )
        except DomainError as refusal:
            form.add_error("file", str(refusal))
        else:
            return responses.go(request, _statement(statement), _("Now say which column is which."))
    has_accounts = BankAccount.objects.filter(archived_at__isnull=True).exists()
    context = {"form": form, "has_accounts": has_accounts}
    return responses.form_page(request, "payments/bank/staff/bank_upload.html", context)


@require_http_methods(["GET", "POST"])
@staff_only("bank.edit")
@freshly_proven
def add(request: Request) -> HttpResponse:
    """Add an account of ours."""
    return _account(request, None)


@require_http_methods(["GET", "POST"])
@staff_only("bank.edit")
@freshly_proven
@editing.one_at_a_time
def change(request: Request, pk: int) -> HttpResponse:
    """Change an account of ours."""
    return _account(request, editing.held(request, get_object_or_404(BankAccount, pk=pk)))


@require_GET
@staff_only("bank.view")
def known_payers(request: Request) -> HttpResponse:
    """Show whom we know by account or name; `?q=` finds some."""
    text = request.GET.get("q", "").strip()[:80]
    found = KnownPayer.objects.select_related("customer", "remembered_by")
    if text:
        found = found.filter(label__icontains=text) | found.filter(customer__number__iexact=text)
    context = {
        "payers": found.order_by("-pk")[:MOST_PAYERS],
        "q": text,
        "may_edit": may(request.user, "bank.edit"),
    }
    return render(request, "payments/bank/staff/known_payers.html", context)


@require_http_methods(["GET", "POST"])
@staff_only("bank.edit")
def forget_payer(request: Request, pk: int) -> HttpResponse:
    """Forget who a payer is."""
    payer = get_object_or_404(KnownPayer, pk=pk)
    form, back = ReasonForm(request.POST or None), reverse("staff_payments:known-payers")
    if form.is_valid():
        with responses.refusals_in(form):
            payers.forget(
                payer=payer, act=Act.now(request.user, reason=form.cleaned_data["reason"])
            )
            return responses.go(request, back, _("Forgotten."))
    heading = _("Forget %(payer)s?") % {"payer": payer.label}
    return responses.dialog(request, form, heading=heading, label=_("Forget"), back=back)


def _account(request: Request, account: BankAccount | None) -> HttpResponse:
    first = None
    if account is not None:
        first = {
            "name": account.name,
            "number": account.number,
            "method": account.method,
            "account": account.account_id,
            "branch": account.branch_id,
        }
    form = editing.form(request, AccountForm, about=account, initial=first)
    back = reverse("staff_payments:bank")
    if form.is_valid():
        wanted = accounts.Wanted(**form.cleaned_data)
        with responses.refusals_in(form):
            if account is None:
                accounts.add(wanted=wanted, act=Act.now(request.user))
            else:
                accounts.change(account=account, wanted=wanted, act=Act.now(request.user))
            return responses.go(request, back, _("Saved."))
    heading = _("Bank account") if account is None else account.name
    return responses.dialog(request, form, heading=heading, label=_("Save"), back=back)


def _statement(statement: StatementImport) -> str:
    return reverse("staff_payments:bank-statement", args=[statement.pk])
