"""Notifications on the own devices: the switch, the list, a test."""

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from ispbill.accounts import responses
from ispbill.accounts.access import signed_in
from ispbill.accounts.http import Request
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.models import Company
from ispbill.notifications.forms.devices import Switched
from ispbill.notifications.models import MessageSettings
from ispbill.notifications.queries import devices
from ispbill.notifications.rules import device_names
from ispbill.notifications.services import push_devices, push_keys, trial
from ispbill.notifications.services.push_devices import Place


@signed_in
@require_GET
def index(request: Request) -> HttpResponse:
    """Show the switch for this device, and every device that is on."""
    app = _app(request)
    home = devices.home_of(app)
    context = {
        "title": _("Notifications"),
        "devices": [(one, devices.mark(one)) for one in devices.own(request.user).order_by("-pk")],
        "home": home,
        "is_used": MessageSettings.current().uses_web_push,
        "is_customer": app == devices.App.PORTAL,
        "key": push_keys.public_key(at=clock.now()),
    }
    return render(request, "accounts/notifications.html", context)


@signed_in
@require_GET
def key(request: Request) -> HttpResponse:
    """Tell a service worker what it needs to switch itself on again."""
    _app(request)
    return JsonResponse({"key": push_keys.public_key(at=clock.now()), "token": get_token(request)})


@signed_in
@require_POST
def keep(request: Request) -> HttpResponse:
    """Switch notifications on for the browser that asks; its script reads the answer."""
    app = _app(request)
    form = Switched(request.POST)
    if not form.is_valid():
        return JsonResponse(
            {"error": _("This browser did not say where to send them.")}, status=422
        )
    place = Place(
        app=app,
        name=device_names.of(request.headers.get("User-Agent", "")),
        session_id=request.session.get("signed_in_id"),
    )
    try:
        device = push_devices.keep(
            asked=form.subscription(), place=place, act=Act.now(request.user)
        )
    except DomainError as refusal:
        return JsonResponse({"error": str(refusal)}, status=422)
    return JsonResponse({"device": device.pk}, status=201)


@signed_in
@require_POST
def remove(request: Request, pk: int) -> HttpResponse:
    """Switch notifications off for one of the own devices."""
    device = get_object_or_404(devices.own(request.user), pk=pk)
    push_devices.remove(device=device, act=Act.now(request.user))
    messages.success(request, _("Notifications are off on %(device)s.") % {"device": device.name})
    return redirect("push:index")


@signed_in
@require_POST
def test(request: Request, pk: int) -> HttpResponse:
    """Send a notification to one of the own devices at once."""
    device = get_object_or_404(devices.own(request.user), pk=pk)
    title = Company.current().name
    with responses.refusals_told(request):
        trial.notify(
            device=device, title=title, body=_("This is a test. All is well."), at=clock.now()
        )
        messages.success(request, _("Sent. It should appear within seconds."))
    return redirect("push:index")


def _app(request: Request) -> str:
    found = devices.app_of(request.user)
    if not found:
        raise Http404
    return found
