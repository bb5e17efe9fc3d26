"""/admin/: prepaid services that end soon or are over, and what staff do about one of them."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from billing.prepaid.queries import prepaid as facts
from billing.prepaid.services import prepaid_desk, prepaid_terms, renewal
from customers.models import Subscription
from customers.queries import directory
from customers.views import links
from ispbill.accounts import responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request, client_ip
from ispbill.audit.forms import ReasonForm
from ispbill.core import clock, digits, formats
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError, Stale
from payments.prepaid.forms.prepaid import GiveDays, Redeem, Renew
from payments.prepaid.services import vouchers

WITHIN = (1, 3, 7, 14, 30)
PER_PAGE = 50


@require_GET
@staff_only("billing.view")
def index(request: Request) -> HttpResponse:
    """Prepaid services: ending within some days (`?within=7`), or over (`?show=expired`)."""
    on = clock.today()
    asked = digits.whole(request.GET.get("within", ""), most=999)
    within = 7 if asked is None else asked
    show = "expired" if request.GET.get("show") == "expired" else "expiring"
    found = facts.visible_to(request.user)
    if show == "expired":
        found = found.filter(pk__in=facts.expired(on=on).values("pk"))
    else:
        found = found.filter(pk__in=facts.expiring(on=on, within=within).values("pk"))
    page = digits.whole(request.GET.get("page", "")) or 1
    first = (page - 1) * PER_PAGE
    rows = list(
        found.select_related("customer__account_state", "package", "schedule").order_by(
            "schedule__billed_until", "pk"
        )[first : first + PER_PAGE + 1]
    )
    context = {
        "rows": rows[:PER_PAGE],
        "show": show,
        "tabs": _tabs(show, within),
        "today": on,
        "page": page,
        "previous_page": page - 1 if page > 1 else None,
        "next_page": page + 1 if len(rows) > PER_PAGE else None,
    }
    return render(request, "payments/prepaid/staff/prepaid.html", context)


def _tabs(show: str, within: int) -> list[dict[str, object]]:
    tabs: list[dict[str, object]] = []
    for days in WITHIN:
        said = ngettext("Ending within %(n)d day", "Ending within %(n)d days", days) % {"n": days}
        url = f"?within={days}"
        tabs.append({"label": said, "url": url, "current": show == "expiring" and days == within})
    return [*tabs, {"label": _("Over"), "url": "?show=expired", "current": show == "expired"}]


@require_GET
@staff_only("payments.view")
def panel(request: Request, number: str) -> HttpResponse:
    """The prepaid part of a customer's page: credit, services, what can be done."""
    customer = get_object_or_404(
        directory.visible_to(request.user).select_related("account_state"), number=number
    )
    others = Subscription.objects.filter(
        customer=customer,
        mode=Subscription.Mode.POSTPAID,
        status__in=[Subscription.Status.ACTIVE, Subscription.Status.PENDING],
    )
    context = {
        "customer": customer,
        "wallet": prepaid_desk.wallet(customer=customer, at=clock.now()),
        "others": others.select_related("package").order_by("line_no"),
        "may_take": may(request.user, "payments.take"),
        "may_give": may(request.user, "services.switch"),
        "may_switch": may(request.user, "services.edit"),
    }
    return responses.region(
        request,
        context,
        part="payments/prepaid/staff/_prepaid_panel.html",
        page="payments/prepaid/staff/prepaid_panel.html",
    )


@require_http_methods(["GET", "POST"])
@staff_only("payments.take")
def renew(request: Request, number: str, line_no: int) -> HttpResponse:
    """Renew from the credit, for some periods, before or after the expiry."""
    service, at = _service(request, number, line_no), clock.now()
    form = Renew(request.POST or None, initial={"seen": service.schedule.billed_until})
    effects = []
    try:
        quote = renewal.quote(subscription=service, at=at)
    except DomainError as refusal:
        effects = [str(refusal)]
    else:
        effects = [
            _("One period costs %(amount)s; the credit is %(credit)s.")
            % {"amount": formats.money(quote.amount), "credit": formats.money(quote.credit)},
            _("One period more runs until %(day)s.")
            % {"day": formats.day(quote.expires_on, get_language() or "en")},
        ]
    if form.is_valid():
        with responses.refusals_in(form):
            if form.cleaned_data["seen"] != service.schedule.billed_until:
                raise Stale(_("This service has just been renewed. Look again."))
            done = renewal.renew(
                subscription=service,
                act=Act(request.user, at),
                periods=form.cleaned_data["periods"],
            )
            said = _("Renewed until %(day)s.") % {
                "day": formats.day(done.expires_on, get_language() or "en")
            }
            return _done(request, number, said)
    heading = _("Renew %(service)s") % {"service": service.connection_id}
    return responses.dialog(
        request,
        form,
        heading=heading,
        label=_("Renew"),
        back=_back(service.customer.number),
        effects=effects,
    )


@require_http_methods(["GET", "POST"])
@staff_only("services.switch")
def give_days(request: Request, number: str, line_no: int) -> HttpResponse:
    """Give days as a present; many of them need a second person."""
    service = _service(request, number, line_no)
    form = GiveDays(request.POST or None)
    if form.is_valid():
        with responses.refusals_in(form):
            outcome = prepaid_terms.give_days(
                subscription=service,
                days=form.cleaned_data["days"],
                act=Act.now(request.user, reason=form.cleaned_data["reason"]),
            )
            said = _("The days are given.")
            if outcome.approval is not None:
                said = _("So many days need a second person: it waits for approval.")
            return _done(request, number, said)
    heading = _("Give days to %(service)s") % {"service": service.connection_id}
    effects = [
        _("The service runs longer by these days; nobody pays for them."),
        _("A closed line is opened."),
    ]
    return responses.dialog(
        request,
        form,
        heading=heading,
        label=_("Give days"),
        back=_back(service.customer.number),
        effects=effects,
    )


@require_http_methods(["GET", "POST"])
@staff_only("services.edit")
def switch_mode(request: Request, number: str, line_no: int) -> HttpResponse:
    """Make a service prepaid, or billed in advance, from the first day that is not billed."""
    service = _service(request, number, line_no)
    to_prepaid = service.mode == Subscription.Mode.POSTPAID
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        mode = Subscription.Mode.PREPAID if to_prepaid else Subscription.Mode.POSTPAID
        with responses.refusals_in(form):
            prepaid_terms.switch_mode(
                subscription=service,
                mode=mode,
                act=Act.now(request.user, reason=form.cleaned_data["reason"]),
            )
            return _done(request, number, _("The kind of the service is changed."))
    if to_prepaid:
        heading = _("Make %(service)s prepaid?")
        effects = [
            _("What is billed stays billed. The days after it are paid from credit."),
            _("Without credit the line is closed then."),
        ]
    else:
        heading = _("Bill %(service)s in advance?")
        effects = [
            _("The time that is paid stays paid. The next billing run bills the days after it.")
        ]
    heading = heading % {"service": service.connection_id}
    return responses.dialog(
        request,
        form,
        heading=heading,
        label=_("Change"),
        back=_back(service.customer.number),
        effects=effects,
    )


@require_POST
@staff_only("payments.take")
def choose_renewal(request: Request, number: str, line_no: int) -> HttpResponse:
    """Let a service renew itself, or not."""
    service = _service(request, number, line_no)
    try:
        prepaid_terms.choose_renewal(
            subscription=service, is_on=request.POST.get("is_on") == "1", act=Act.now(request.user)
        )
    except DomainError as refusal:
        return _done(request, number, str(refusal), level="error")
    return _done(request, number, _("Saved."))


@require_http_methods(["GET", "POST"])
@staff_only("payments.take")
def redeem(request: Request, number: str) -> HttpResponse:
    """Redeem a customer's card for them."""
    customer = get_object_or_404(directory.visible_to(request.user), number=number)
    form = Redeem(request.POST or None)
    if form.is_valid():
        with responses.refusals_in(form, "code"):
            done = vouchers.redeem(
                typed=form.cleaned_data["code"],
                customer=customer,
                act=Act.now(request.user),
                ip=client_ip(request),
            )
            return _done(request, number, redeemed_words(done))
    heading = _("Redeem a card for %(name)s") % {"name": customer.name}
    effects = [_("Its value becomes credit; prepaid time that is over starts at once.")]
    return responses.dialog(
        request,
        form,
        heading=heading,
        label=_("Redeem"),
        back=_back(customer.number),
        effects=effects,
    )


def redeemed_words(done: vouchers.Redeemed) -> str:
    """Say what a card came to, in the reader's language."""
    language = get_language() or "en"
    amount = formats.money(done.payment.amount)
    if not done.renewed:
        return _("%(amount)s is on the account.") % {"amount": amount}
    return _("%(amount)s is on the account. The service is paid until %(day)s.") % {
        "amount": amount,
        "day": formats.day(max(one.expires_on for one in done.renewed), language),
    }


def _service(request: Request, number: str, line_no: int) -> Subscription:
    reach = directory.visible_to(request.user)
    service = get_object_or_404(
        Subscription.objects.select_related("customer", "package", "schedule"),
        customer__in=reach.filter(number=number),
        line_no=line_no,
    )
    if not hasattr(service, "schedule"):
        raise Http404
    return service


def _done(request: Request, number: str, text: str, *, level: str = "success") -> HttpResponse:
    return responses.done(request, text, back=_back(number), level=level)


def _back(number: str) -> str:
    return links.customer(number, tab="payments")
