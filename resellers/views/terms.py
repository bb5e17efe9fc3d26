"""/admin/resellers/…: what staff do about a reseller, each in a dialog."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods

from customers.forms.customer import shown_phone
from customers.queries import directory
from ispbill.accounts import editing, responses
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.audit.forms import ReasonForm
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.scanning import takes_files
from resellers.forms.staff import Apply, BrandForm, Limits, Move, NewUser, PlanForm, Price
from resellers.models import Reseller
from resellers.queries import commissions
from resellers.services import branding, moving, onboarding, terms
from resellers.views import register

MOST_AT_ONCE = 500


@require_http_methods(["GET", "POST"])
@staff_only("resellers.edit")
def add(request: Request) -> HttpResponse:
    """Write down an application."""
    form = Apply(
        request.POST or None,
        user=request.user,
        initial={"kind": Reseller.Kind.COMMISSION, "percent": 10},
    )
    back = reverse("staff_resellers:index")
    if form.is_valid():
        with responses.refusals_in(form):
            made = onboarding.apply(details=form.details(), act=Act.now(request.user))
            address = reverse("staff_resellers:reseller", args=[made.number])
            return responses.go(request, address, _("The application is written down."))
    effects = [_("Nobody signs in before the reseller is activated.")]
    return responses.dialog(
        request, form, heading=_("Add reseller"), label=_("Add"), back=back, effects=effects
    )


@require_http_methods(["GET", "POST"])
@staff_only("resellers.edit")
def decide(request: Request, number: str, what: str) -> HttpResponse:
    """Activate, suspend or close."""
    reseller = register.find(request, number)
    ways: dict[str, tuple[Callable[..., Reseller], str, list[str]]] = {
        "activate": (
            onboarding.activate,
            _("Activate"),
            [_("The partner signs in with the e-mail; a first password is set by the link sent.")],
        ),
        "suspend": (
            onboarding.suspend,
            _("Suspend"),
            [
                _("Sessions end. Nothing is collected and the wallet pays nothing."),
                _("The customers' lines, bills and online payments go on."),
            ],
        ),
        "close": (
            onboarding.close,
            pgettext("resellers", "Close"),
            [_("It is over for good. Nothing may be left between the reseller and the company.")],
        ),
    }
    if what not in ways:
        raise Http404
    service, label, effects = ways[what]

    def do(given: dict[str, Any]) -> str:
        service(reseller=reseller, act=Act.now(request.user, reason=given["reason"]))
        return _("Done.")

    form = ReasonForm(request.POST or None)
    return ask(request, reseller, form, do, label=label, effects=effects, danger=what != "activate")


@require_http_methods(["GET", "POST"])
@staff_only("resellers.edit")
@editing.one_at_a_time
def limits(request: Request, number: str) -> HttpResponse:
    """Change limits and switches."""
    reseller = editing.held(request, register.find(request, number), no_key=True)
    names = [name for name in Limits.base_fields if name != "reason"]
    now = {name: getattr(reseller, name) for name in names}
    form = editing.form(request, Limits, about=reseller, initial=now)

    def do(given: dict[str, Any]) -> str:
        onboarding.limit(
            reseller=reseller,
            values={name: given[name] for name in names},
            act=Act.now(request.user, reason=given["reason"]),
        )
        return _("Saved.")

    return ask(request, reseller, form, do, label=_("Change limits"))


@require_http_methods(["GET", "POST"])
@staff_only("resellers.edit")
@editing.one_at_a_time
@takes_files
def brand(request: Request, number: str) -> HttpResponse:
    """Let a reseller's name, phone and logo stand beside the company's, or not any more."""
    reseller = editing.held(request, register.find(request, number), no_key=True)
    form = editing.form(
        request,
        lambda data=None, **more: BrandForm(data, None if data is None else request.FILES, **more),
        about=reseller,
        initial={
            "is_co_branded": reseller.is_co_branded,
            "brand_name": reseller.brand_name,
            "brand_phone": shown_phone(reseller.brand_phone),
        },
    )

    def do(given: dict[str, Any]) -> str:
        branding.brand(
            reseller=reseller,
            is_shown=given["is_co_branded"],
            name=given["brand_name"],
            phone=given["brand_phone"],
            logo=given["logo"],
            drops_logo=given["drops_logo"],
            act=Act.now(request.user, reason=given["reason"]),
        )
        return _("Saved.")

    effects = [_("Bills, receipts and statements show it beside the company, never instead.")]
    return ask(request, reseller, form, do, label=_("Change brand"), effects=effects)


@require_http_methods(["GET", "POST"])
@staff_only("resellers.edit")
def plan(request: Request, number: str) -> HttpResponse:
    """Agree on another plan of the share."""
    reseller = register.find(request, number)
    start = {"effective_from": clock.today(), "percent": reseller.commission_rate * 100}
    form = PlanForm(request.POST or None, initial=start)

    def do(given: dict[str, Any]) -> str:
        terms.plan(
            reseller=reseller,
            plan=form.plan(),
            effective_from=given["effective_from"],
            act=Act.now(request.user, reason=given["reason"]),
        )
        return _("The plan is agreed.")

    effects = [_("What was earned before stays as it was.")]
    return ask(request, reseller, form, do, label=_("New plan"), effects=effects)


@require_http_methods(["GET", "POST"])
@staff_only("resellers.edit")
def price(request: Request, number: str) -> HttpResponse:
    """Agree on what a package costs the reseller."""
    reseller = register.find(request, number)
    form = Price(request.POST or None)

    def do(given: dict[str, Any]) -> str:
        terms.price(
            reseller=reseller,
            package=given["package"],
            buy=given["buy"],
            floor=given["floor"],
            ceiling=given["ceiling"],
            act=Act.now(request.user, reason=given["reason"]),
        )
        return _("Saved.")

    return ask(request, reseller, form, do, label=_("Set price"))


@require_http_methods(["GET", "POST"])
@staff_only("resellers.edit")
def add_user(request: Request, number: str) -> HttpResponse:
    """Let somebody else of the reseller sign in."""
    reseller = register.find(request, number)
    form = NewUser(request.POST or None)

    def do(given: dict[str, Any]) -> str:
        onboarding.add_user(
            reseller=reseller,
            name=given["name"],
            email=given["email"],
            rights=given["rights"],
            act=Act.now(request.user),
        )
        return _("The user is added.")

    return ask(request, reseller, form, do, label=_("Add user"))


@require_http_methods(["GET", "POST"])
@staff_only("resellers.edit")
def move(request: Request) -> HttpResponse:
    """Give customers to a reseller, or take them back, from a day on."""
    resellers = commissions.visible_resellers(request.user).filter(status=Reseller.Status.ACTIVE)
    start = {"first_day": clock.today(), "customers": request.GET.get("customers", "")[:2000]}
    form = Move(request.POST or None, resellers=resellers.order_by("name"), initial=start)
    back = reverse("staff_resellers:index")
    if form.is_valid():
        asked = set(form.numbers())
        rows = directory.visible_to(request.user).filter(number__in=asked).order_by("pk")
        ids = dict(rows.values_list("number", "pk"))
        if unknown := sorted(asked - set(ids)):
            form.add_error("customers", _("Unknown: %(them)s.") % {"them": ", ".join(unknown[:5])})
        elif len(ids) > MOST_AT_ONCE:
            form.add_error("customers", _("Too many at once."))
        else:
            with responses.refusals_in(form):
                moved = moving.move(
                    customer_ids=list(ids.values()),
                    to=form.cleaned_data["to"],
                    first_day=form.cleaned_data["first_day"],
                    act=Act.now(request.user, reason=form.cleaned_data["reason"]),
                    is_confirmed=form.cleaned_data["confirmed"],
                )
                said = ngettext("%(n)d customer moves.", "%(n)d customers move.", moved)
                return responses.done(request, said % {"n": moved}, back=back)
    effects = [
        _("Price, contract and balance stay."),
        _("From that day the new reseller earns of what they pay."),
    ]
    return responses.dialog(
        request, form, heading=_("Move customers"), label=_("Move"), back=back, effects=effects
    )


def ask(
    request: Request,
    reseller: Reseller,
    form: forms.Form,
    do: Callable[[dict[str, Any]], str],
    *,
    label: str,
    effects: Sequence[str] = (),
    danger: bool = False,
) -> HttpResponse:
    """Ask with a form, do it, and say what came of it; a refusal stands in the form."""
    back = reverse("staff_resellers:reseller", args=[reseller.number])
    return responses.carried_out(
        request,
        form,
        do,
        heading=f"{label}: {reseller.name}",
        label=label,
        back=back,
        effects=effects,
        danger=danger,
    )
