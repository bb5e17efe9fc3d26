"""C-07, /portal/speed-test/: how fast the line is, measured by the customer's own browser."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from customers.models import Customer, Subscription
from customers.views import own_account
from ispbill.accounts.access import customer_only
from ispbill.accounts.http import Request, client_ip
from ispbill.core import rls
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from network.speedtest.forms.speed import BeginForm, ResultForm
from network.speedtest.models import SpeedTest, SpeedTestSettings
from network.speedtest.queries import results
from network.speedtest.rules import verdicts
from network.speedtest.services import running
from network.speedtest.views import words


@customer_only
@require_GET
def show(request: Request) -> HttpResponse:
    """Offer a test with what it costs, and show the earlier ones."""
    customer = own_account.of(request)
    services = _services(customer)
    service = _chosen(request.GET.get("service", ""), services)
    settings = SpeedTestSettings.current()
    context: dict[str, Any] = {
        "customer": customer,
        "services": services,
        "service": service,
        "is_offered": settings.is_offered,
        "mediums": SpeedTest.Medium.choices,
    }
    if service is not None:
        context |= _history(service) | {"data": _data(service, settings)}
    response = render(request, "network/speedtest/portal/index.html", context)
    if settings.address:  # the page may measure against that host, and no other
        response._csp_update = {"connect-src": [settings.address]}  # type: ignore[attr-defined]
    return response


@customer_only
@require_POST
def begin(request: Request) -> HttpResponse:
    """Begin a test: answer with the pass and the addresses to measure against."""
    services = _services(own_account.of(request))
    service = _chosen(request.POST.get("service", ""), services)
    form = BeginForm(request.POST)
    if service is None or not form.is_valid():
        return _refused(_("There is no service to test."), 422)
    try:
        with rls.as_house():
            begun = running.begin(
                service=service,
                address=client_ip(request),
                medium=form.cleaned_data["medium"],
                user_agent=request.headers.get("User-Agent", ""),
                act=Act.now(request.user),
            )
    except running.TooOften as error:
        return _refused(str(error), 429)
    except DomainError as error:
        return _refused(str(error), 409)
    return JsonResponse({"test": begun.test.pk, "settings": _protocol(begun.token)})


@customer_only
@require_POST
def finish(request: Request) -> HttpResponse:
    """Keep what the browser measured, and show it. Nonsense is 400."""
    form = ResultForm(request.POST)
    if not form.is_valid():
        return _refused(_("These numbers cannot be a speed."), 400)
    test = get_object_or_404(results.own(request.customer_ids), pk=form.cleaned_data["test"])
    try:
        with rls.as_house():
            running.finish(test=test, found=form.found(), act=Act.now(request.user))
    except DomainError as error:
        return _refused(str(error), 409)
    service = get_object_or_404(Subscription, pk=test.subscription_id)
    context = _history(service) | {"service": service, "is_new": True}
    return render(request, "network/speedtest/portal/_history.html", context)


def _protocol(token: str) -> dict[str, Any]:
    """Return the settings of a worker of the LibreSpeed protocol for this test."""
    settings = SpeedTestSettings.current()
    query = urlencode({"t": token} | ({"cors": "true"} if settings.address else {}))

    def at(name: str) -> str:
        return f"{settings.address}{reverse(name)}?{query}"

    return {
        "url_dl": at("public:speed-download"),
        "url_ul": at("public:speed-empty"),
        "url_ping": at("public:speed-empty"),
        "time_dl_max": settings.seconds,
        "time_ul_max": settings.seconds,
        "most_bytes": settings.most_megabytes * verdicts.MEGABYTE,
    }


def _history(service: Subscription) -> dict[str, Any]:
    tests = list(results.of_service(service.pk))
    return {
        "rows": [words.row(one) for one in tests],
        "chart": words.chart(tests, key=f"speed-{service.pk}"),
    }


def _data(service: Subscription, settings: SpeedTestSettings) -> int:
    return verdicts.data_used(
        running.in_force(service), seconds=settings.seconds, most_megabytes=settings.most_megabytes
    )


def _services(customer: Customer) -> list[Subscription]:
    return list(
        Subscription.objects.filter(customer=customer)
        .exclude(status=Subscription.Status.CANCELLED)
        .select_related("package")
        .order_by("line_no")
    )


def _chosen(number: str, services: list[Subscription]) -> Subscription | None:
    """Return the service with this number, or the first."""
    return next((one for one in services if str(one.line_no) == number), next(iter(services), None))


def _refused(text: str, status: int) -> HttpResponse:
    return JsonResponse({"error": text}, status=status)
