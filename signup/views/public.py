"""/signup: four short steps to an order. Every step is a page of its own and works without script.

Before the phone is proven nothing here says whether anybody knows it.
"""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from billing.changes.views.service_effects import first_bill
from customers.models import Customer
from customers.queries import coverage, offers
from customers.rules import referrals
from customers.services import subscriptions
from ispbill.accounts import responses
from ispbill.accounts.access import public
from ispbill.accounts.http import client_ip, with_wait
from ispbill.accounts.services import throttle
from ispbill.core import clock, digits, formats, phones
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.scanning import takes_files
from resellers.queries import invitations
from signup.forms.public import CodeForm, PackageForm, PersonForm, PlaceForm
from signup.models import Order
from signup.queries import links
from signup.queries import orders as queries
from signup.services import codes, drafts, submitting

STEPS = ("place", "package", "person", "check")


@public
@never_cache
@require_safe
def by_reseller(request: HttpRequest, code: str) -> HttpResponse:
    """A reseller's own link: it leads to the first step, and is remembered for some weeks."""
    response = redirect("public_signup:begin")
    response["Referrer-Policy"] = "no-referrer"
    if invitations.inviting(code) is not None:  # the last link wins
        response.set_cookie(
            invitations.COOKIE,
            code,
            max_age=invitations.COOKIE_DAYS * 86_400,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """P-04, first step: where the line is wanted."""
    known = {"area": request.GET.get("area", "")}
    form = PlaceForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_caught:
        return _thanks(request)
    if request.method != "POST" or not form.is_valid():
        return _show(request, form, step="place")
    try:
        order = drafts.begin(
            spot=form.spot(),
            ip=client_ip(request),
            language=get_language() or "en",
            referral_code=request.COOKIES.get(referrals.COOKIE, ""),
            reseller=invitations.inviting(request.COOKIES.get(invitations.COOKIE, "")),
            act=Act.now(None),
        )
    except throttle.TooManyTries as refusal:
        form.add_error(None, str(refusal))
        return with_wait(_show(request, form, step="place", status=429), refusal.wait_seconds)
    response = _to(order, "package")
    wanted = digits.row_id(request.GET.get("package", ""))
    if wanted is not None:
        response["Location"] += f"?package={wanted}"
    return response


@public
@never_cache
@takes_files
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, word: str, name: str) -> HttpResponse:
    """One of the steps of a draft; an order that is none any more shows its page."""
    order = queries.by_word(word)
    if order is None or name not in STEPS:
        raise Http404
    if not order.is_draft:
        return redirect("public_signup:order", word=word)
    return {"place": _place, "package": _package, "person": _person, "check": _check}[name](
        request, order
    )


def _place(request: HttpRequest, order: Order) -> HttpResponse:
    start = {"area": order.area_id, "latitude": order.latitude, "longitude": order.longitude}
    form = PlaceForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        drafts.put(order=order, spot=form.spot())
        return _to(order, "package")
    return _show(request, form, step="place", order=order)


def _package(request: HttpRequest, order: Order) -> HttpResponse:
    offered = [
        (
            one.package,
            f"{one.package.name} · {one.package.download_mbps} Mbps · {formats.money(one.price)}",
        )
        for one in offers.current(on=clock.today(), branch_id=order.branch_id)
    ]
    chosen = order.package_id or request.GET.get("package", "")
    start = {"package": str(chosen), "billing_day": order.billing_day}
    form = PackageForm(request.POST or None, initial=start, offered=offered)
    if request.method == "POST" and form.is_valid():
        drafts.choose(
            order=order, package=form.chosen(), billing_day=form.cleaned_data["billing_day"]
        )
        return _to(order, "person")
    served = coverage.of(order.area) if order.area is not None else "UNKNOWN"
    return _show(request, form, step="package", order=order, served=served)


def _person(request: HttpRequest, order: Order) -> HttpResponse:
    start = {
        "name": order.name,
        "phone": phones.national(order.phone) if order.phone else "",
        "address": order.address,
        "email": order.email,
        "referral_code": order.referral_code,
    }
    form = PersonForm(request.POST or None, request.FILES or None, initial=start)
    if request.method == "POST" and form.is_caught:
        drafts.throw_away(order)
        return _thanks(request)
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form, "national_id"):
            drafts.tell(order=order, person=form.person(), act=Act.now(None))
            return _to(order, "check")
    papers = order.documents.count()
    return _show(request, form, step="person", order=order, papers=papers)


def _check(request: HttpRequest, order: Order) -> HttpResponse:
    missing = missing_step(order)
    if missing != "check":
        return _to(order, missing)
    is_confirming = "code" in request.POST
    form = CodeForm(request.POST if is_confirming else None)
    more: dict[str, Any] = {
        "is_sent": is_confirming or "sent" in request.GET,
        "bill": _bill(order),
        "masked": phones.mask(order.phone),
    }
    if request.method != "POST":
        return _show(request, form, step="check", order=order, **more)
    if is_confirming:
        return _confirm(request, order, form, more)
    try:
        codes.send(order=order, ip=client_ip(request), at=clock.now())
    except throttle.TooManyTries as refusal:
        more["refusal"] = str(refusal)
        shown = _show(request, form, step="check", order=order, status=429, **more)
        return with_wait(shown, refusal.wait_seconds)
    except DomainError as refusal:
        more["refusal"] = str(refusal)
        return _show(request, form, step="check", order=order, status=422, **more)
    response = _to(order, "check")
    response["Location"] += "?sent"
    return response


def _confirm(
    request: HttpRequest, order: Order, form: CodeForm, more: dict[str, Any]
) -> HttpResponse:
    if form.is_valid():
        with responses.refusals_in(form, "code"):
            outcome = submitting.submit(
                order=order, code=form.cleaned_data["code"], act=Act.now(None)
            )
            if outcome.order is None:
                return render(request, "signup/public/known.html")
            response = redirect("public_signup:order", word=links.word(outcome.order.link_seed))
            response.delete_cookie(referrals.COOKIE)
            return response
    return _show(request, form, step="check", order=order, **more)


def missing_step(order: Order) -> str:
    """Return the first step of a draft that has not been answered."""
    if order.area_id is None and order.latitude is None:
        return "place"
    if order.package_id is None:
        return "package"
    return "check" if order.name and order.phone and order.address else "person"


def _bill(order: Order) -> dict[str, Any]:
    """Return what the first bill would be, if the line were in use from today on."""
    assert order.package is not None  # noqa: S101 - the step before asked for it
    customer = Customer(pk=0, branch=order.branch, language=order.language)
    on = clock.today()
    try:
        draft = subscriptions.draft(
            customer=customer,
            package=order.package,
            cycle="MONTHLY",
            billing_day=order.billing_day,
            on=on,
        )
    except DomainError:  # no price any more: the step before shows what there is
        return {}
    return first_bill(draft, on)


def _to(order: Order, name: str) -> HttpResponse:
    return redirect("public_signup:step", word=links.word(order.link_seed), name=name)


def _thanks(request: HttpRequest) -> HttpResponse:
    return render(request, "signup/public/thanks.html")


def _show(
    request: HttpRequest,
    form: Any,
    *,
    step: str,
    order: Order | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    at = STEPS.index(step)
    context = {
        "form": form,
        "order": order,
        "step": step,
        "step_number": at + 1,
        "step_count": len(STEPS),
        "word": links.word(order.link_seed) if order is not None else "",
        "previous": STEPS[at - 1] if order is not None and at else "",
        **more,
    }
    if form.errors and status == 200:
        status = 422
    response = render(request, f"signup/public/{step}.html", context, status=status)
    response["Referrer-Policy"] = "same-origin"  # with none, a browser posts without an origin
    response["X-Robots-Tag"] = "noindex" if order is not None else "all"
    return response
