"""Invoices in the making: the list, changing one, issuing it, throwing it away."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from billing.invoices.models import Invoice
from billing.ledger.views import answers
from billing.receivables.forms.corrections import CHARGE_ROWS, ChargeForm
from billing.receivables.queries import drafts as found
from billing.receivables.services import drafts
from billing.receivables.views.corrections import charge_preview_of, done
from ispbill.accounts import editing, responses
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.models import Company


@require_GET
@staff_only("billing.charge")
def index(request: Request) -> HttpResponse:
    """Show the drafts."""
    return render(
        request, "billing/receivables/staff/drafts.html", {"drafts": found.page(request.user)}
    )


@require_http_methods(["GET", "POST"])
@staff_only("billing.charge")
@editing.one_at_a_time
def edit(request: Request, pk: int) -> HttpResponse:
    """Change a draft, or issue it."""
    draft = get_object_or_404(found.visible_to(request.user), pk=pk)
    draft = editing.held(request, draft)
    keeps = "keep" in request.POST
    form = _form(request, draft, keeps=keeps)
    back = reverse("staff_billing:drafts")
    if request.method == "POST" and form.is_valid():
        at = clock.now()
        with responses.refusals_in(form):
            kept = drafts.save(
                customer=draft.customer,
                lines=form.charges(),
                due_date=form.cleaned_data["due_date"],
                act=Act(request.user, at),
                draft=draft,
            )
            if keeps:
                return answers.done(request, _("The draft is saved."), back=back)
            outcome = drafts.issue(draft=kept, act=Act(request.user, at, reason=form.full_reason()))
            return done(request, outcome, back)
    context = {
        "heading": _("Draft for %(name)s") % {"name": draft.customer.name},
        "form": form,
        "draft": draft,
        "preview": charge_preview_of(form),
        "preview_url": reverse("staff_billing:charge-preview", args=[draft.customer.number]),
        "back_url": back,
        "tax_name": Company.current().tax_name,
    }
    return responses.form_page(request, "billing/receivables/staff/charge.html", context)


@require_POST
@staff_only("billing.charge")
def discard(request: Request, pk: int) -> HttpResponse:
    """Throw a draft away."""
    draft = get_object_or_404(found.visible_to(request.user), pk=pk)
    back = reverse("staff_billing:drafts")
    try:
        drafts.discard(draft=draft, act=Act.now(request.user))
    except DomainError as error:
        return answers.done(request, str(error), back=back, level="warning")
    return answers.done(request, _("The draft is thrown away."), back=back)


def _form(request: Request, draft: Invoice, *, keeps: bool) -> ChargeForm:
    initial: dict[str, object] = {"due_date": max(draft.due_date, clock.today())}
    for number, line in enumerate(drafts.charges_of(draft)[:CHARGE_ROWS], start=1):
        initial |= {
            f"what_{number}": line.what,
            f"text_{number}": line.description,
            f"amount_{number}": line.amount,
            f"tax_{number}": f"{(line.tax_rate * 100).normalize():f}",
        }
    return editing.form(
        request,
        ChargeForm,
        about=draft,
        form_id="charge-form",
        on=clock.today(),
        tax_rate=Company.current().tax_rate,
        is_draft=keeps,
        initial=initial,
    )
