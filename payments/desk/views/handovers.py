"""Cash from one drawer to another: offered by the person who gives it, counted and signed by the
one who gets it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from billing.tills.models import Handover, Shift
from ispbill.accounts import responses
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.audit.forms import ReasonForm
from ispbill.core import formats
from ispbill.core.acts import Act
from payments.desk.forms.desk import Accept, HandOver
from payments.desk.services import handovers
from payments.desk.views.shifts import address


@require_http_methods(["GET", "POST"])
@staff_only("payments.take")
def hand_over(request: Request, number: str) -> HttpResponse:
    """Offer cash of one's own shift to somebody who will count it."""
    shift = get_object_or_404(
        Shift.objects.select_related("person"), number=number, person=request.user
    )
    form = HandOver(request.POST or None, shift=shift)
    if form.is_valid():
        given = form.cleaned_data
        with responses.refusals_in(form):
            handovers.offer(
                shift=shift,
                to_person=given["to_person"],
                amount=given["amount"],
                note=given["note"],
                act=Act.now(request.user),
            )
            said = _("%(who)s has to count it now.") % {"who": given["to_person"].name}
            return responses.go(request, address(shift), said)
    effects = [
        _("You hold %(amount)s.") % {"amount": formats.money(shift.held_amount)},
        _("It stays yours until the other has counted it."),
    ]
    return responses.dialog(
        request,
        form,
        heading=_("Hand cash over"),
        label=_("Hand over"),
        back=address(shift),
        effects=effects,
    )


@require_http_methods(["GET", "POST"])
@staff_only("payments.take")
def accept(request: Request, pk: int) -> HttpResponse:
    """Count cash that somebody hands over, and sign for it."""
    handover = _offered(request, pk)
    form = Accept(request.POST or None)
    if form.is_valid():
        with responses.refusals_in(form):
            handover = handovers.accept(
                handover=handover, counted=form.cleaned_data["counted"], act=Act.now(request.user)
            )
            shift = handover.to_shift
            place = address(shift) if shift is not None else reverse("staff_payments:shifts")
            return responses.go(request, place, _("The cash is in your drawer."))
    giver = handover.from_shift.person.name
    effects = [
        _("%(who)s says it is %(amount)s.")
        % {"who": giver, "amount": formats.money(handover.amount)},
        _("Once you sign, you answer for it."),
    ]
    heading = _("Cash from %(who)s") % {"who": giver}
    back = reverse("staff_payments:shifts")
    return responses.dialog(
        request, form, heading=heading, label=_("I counted it"), back=back, effects=effects
    )


@require_http_methods(["GET", "POST"])
@staff_only("payments.take")
def refuse(request: Request, pk: int) -> HttpResponse:
    """Send cash back that was handed to one."""
    handover = _offered(request, pk)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        with responses.refusals_in(form):
            handovers.refuse(
                handover=handover, act=Act.now(request.user, reason=form.cleaned_data["reason"])
            )
            return responses.go(request, reverse("staff_payments:shifts"), _("It was sent back."))
    heading = _("Refuse the cash of %(who)s?") % {"who": handover.from_shift.person.name}
    back = reverse("staff_payments:shifts")
    return responses.dialog(
        request, form, heading=heading, label=_("Refuse"), back=back, danger=True
    )


@require_POST
@staff_only("payments.take")
def withdraw(request: Request, pk: int) -> HttpResponse:
    """Take an own offer back."""
    handover = get_object_or_404(
        Handover.objects.select_related("from_shift"), pk=pk, offered_by=request.user
    )
    with responses.refusals_told(request):
        handovers.withdraw(handover=handover, act=Act.now(request.user))
        messages.success(request, _("The cash is still yours."))
    return redirect(address(handover.from_shift))


def _offered(request: Request, pk: int) -> Handover:
    return get_object_or_404(
        Handover.objects.select_related("from_shift__person"), pk=pk, to_person=request.user
    )
