"""/technician/: own settings, and the files that make it an app on the phone."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from ispbill.accounts.access import may, public, technician_only
from ispbill.accounts.http import Request
from ispbill.core import bundles
from ispbill.portals.views import apps

HOME = "/technician/"
OFFLINE = "/technician/offline/"


@technician_only
@require_safe
def me(request: Request) -> HttpResponse:
    """T-08: own settings and the way out."""
    collects = may(request.user, "payments.take")
    return render(request, "technician/me.html", {"scripts": "round" if collects else "field"})


@public
@require_safe
@cache_control(max_age=3600, public=True)
def manifest(request: HttpRequest) -> HttpResponse:
    """Describe the app to the phone (W3C Web Application Manifest)."""
    return apps.describe(request, home=HOME, purpose="Technician")


@public
@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The service worker: its list of files follows the release, so it is not a static file."""
    shell = [
        OFFLINE,
        *(bundles.address(name) for name in bundles.BUNDLES),
        *(
            static(name)
            for name in (
                "css/tokens.css",
                "css/lite.css",
                "css/ui.css",
                "icons.svg",
                "vendor/fonts/taka-400.woff2",
                "vendor/fonts/taka-600.woff2",
                "favicon.svg",
                "js/theme.js",
                "js/app.js",
                "pwa/icon-192.png",
            )
        ),
    ]
    return apps.worker(request, "technician/sw.js", home=HOME, shell_files=shell, offline=OFFLINE)


@public
@require_safe
@cache_control(max_age=31_536_000, public=True, immutable=True)
def scripts(_request: HttpRequest, name: str, digest: str) -> HttpResponse:
    """A bundle of scripts; another release's is not there any more."""
    if name not in bundles.BUNDLES or digest != bundles.digest(name):
        raise Http404
    return HttpResponse(bundles.content(name), content_type="text/javascript; charset=utf-8")


@public
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What the app shows when there is no connection and nothing was kept."""
    return render(request, "offline.html")
