"""The files that make portal and console an app on the phone, with notifications."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from ispbill.accounts.access import public
from ispbill.core.models import Company

PORTAL, CONSOLE = "/portal/", "/admin/"
# The own account is neither's; outside its scope an app on an iPhone knows no notifications.
EVERYWHERE = "/"
_ICONS = (("icon-192", 192, "any"), ("icon-512", 512, "any"), ("maskable-512", 512, "maskable"))


def describe(
    request: HttpRequest, *, home: str, purpose: str = "", scope: str = ""
) -> HttpResponse:
    """Describe an app to the phone (W3C Web Application Manifest); its pages are below `scope`."""
    name = Company.current().name
    told = {
        "id": home,
        "name": f"{name} · {purpose}" if purpose else name,
        "short_name": name[:12],
        "start_url": home,
        "scope": scope or home,
        "display": "standalone",
        "background_color": "#F6F8FB",
        "theme_color": "#0B5FBF",
        "lang": getattr(request, "LANGUAGE_CODE", "en"),
        "icons": [
            {
                "src": static(f"pwa/{file}.png"),
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": kind,
            }
            for file, size, kind in _ICONS
        ],
    }
    return JsonResponse(told, content_type="application/manifest+json")


def worker(request: HttpRequest, template: str, *, home: str, **more: object) -> HttpResponse:
    """Render a service worker; it has no hash in its address, so it is asked for anew."""
    context = {
        "home": home,
        "company": Company.current().name,
        "push_key": reverse("push:key"),
        "push_keep": reverse("push:keep"),
        "icon": static("pwa/icon-192.png"),
        **more,
    }
    response = render(request, template, context, content_type="text/javascript")
    response["Cache-Control"] = "no-cache"
    return response


@public
@require_safe
@cache_control(max_age=3600, public=True)
def portal_manifest(request: HttpRequest) -> HttpResponse:
    return describe(request, home=PORTAL, scope=EVERYWHERE)


@public
@require_safe
@cache_control(max_age=3600, public=True)
def console_manifest(request: HttpRequest) -> HttpResponse:
    return describe(request, home=CONSOLE, purpose=_("Console"), scope=EVERYWHERE)


@public
@require_safe
def portal_worker(request: HttpRequest) -> HttpResponse:
    """Show notifications in the portal; no page of it is kept."""
    return worker(request, "notifications/sw.js", home=PORTAL)


@public
@require_safe
def console_worker(request: HttpRequest) -> HttpResponse:
    """Show notifications of staff; no page of theirs is kept."""
    return worker(request, "notifications/sw.js", home=CONSOLE)
