"""Promotions: what is on offer, how often it has been taken, and by which code."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from billing.ledger.views import answers
from billing.pricing.forms.promotions import PromotionForm
from billing.pricing.models import Promotion
from billing.pricing.queries import discounts as queries
from billing.pricing.services import promotions
from ispbill.accounts import editing, responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock
from ispbill.core.acts import Act


@require_GET
@staff_only("packages.view")
def index(request: Request) -> HttpResponse:
    """List promotions with how often each was granted and is in effect."""
    on, with_archived = clock.today(), "archived" in request.GET
    context = {
        "rows": [
            {
                "one": one,
                "is_over": one.valid_until is not None and one.valid_until < on,
                "is_coming": one.valid_from > on,
            }
            for one in queries.promotions(on=on, with_archived=with_archived)
        ],
        "with_archived": with_archived,
        "may_edit": may(request.user, "packages.edit"),
    }
    part = "_promotions.html" if responses.is_fragment(request, "list") else "promotions.html"
    return responses.varied(render(request, f"billing/pricing/staff/{part}", context))


@require_http_methods(["GET", "POST"])
@staff_only("packages.edit")
def add(request: Request) -> HttpResponse:
    """Add a promotion."""
    form = PromotionForm(request.POST or None, initial={"valid_from": clock.today()})
    return _form(request, Promotion(), form, _("Add promotion"))


@require_http_methods(["GET", "POST"])
@staff_only("packages.edit")
@editing.one_at_a_time
def edit(request: Request, pk: int) -> HttpResponse:
    """Change a promotion for grants from now on."""
    promotion = editing.held(request, get_object_or_404(Promotion, pk=pk))
    form = editing.form(request, PromotionForm, about=promotion, promotion=promotion)
    return _form(request, promotion, form, _("Edit promotion"))


@require_POST
@staff_only("packages.edit")
def archive(request: Request, pk: int) -> HttpResponse:
    """End an offer, or make it again."""
    row = promotions.switch(
        promotion=get_object_or_404(Promotion, pk=pk), act=Act.now(request.user)
    )
    text = (
        _("The promotion is archived; whoever has it keeps it.")
        if row.archived_at
        else _("The promotion is offered again.")
    )
    messages.success(request, text)
    return HttpResponseRedirect(reverse("staff_billing:promotions"))


def _form(request: Request, promotion: Promotion, form: PromotionForm, title: str) -> HttpResponse:
    back = reverse("staff_billing:promotions")
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            promotions.save(
                promotion=promotion,
                offer=form.offer(),
                packages=list(form.cleaned_data["packages"]),
                act=Act.now(request.user),
            )
            return answers.done(request, _("Saved."), back=back)
    context = {
        "form": form,
        "title": title,
        "note": _("Who has it keeps it as it was granted.") if promotion.pk else "",
        "form_action": request.path,
        "back_url": back,
        "back_label": _("Promotions"),
    }
    return responses.form_page(request, "customers/staff/form.html", context)
