"""/technician/: own settings, and the files that make it an app on the phone."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from ispbill.accounts.access import public, technician_only
from ispbill.accounts.http import Request
from ispbill.core.models import Company

HOME = "/technician/"
OFFLINE = "/technician/offline/"


@technician_only
@require_safe
def me(request: Request) -> HttpResponse:
    """T-08: own settings and the way out."""
    return render(request, "technician/me.html")


@public
@require_safe
@cache_control(max_age=3600, public=True)
def manifest(request: HttpRequest) -> HttpResponse:
    """Describe the app to the phone (W3C Web Application Manifest)."""
    name = Company.current().name
    icons = [
        {
            "src": static(f"pwa/{file}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": purpose,
        }
        for file, size, purpose in (
            ("icon-192", 192, "any"),
            ("icon-512", 512, "any"),
            ("maskable-512", 512, "maskable"),
        )
    ]
    return JsonResponse(
        {
            "id": HOME,
            "name": f"{name} · Technician",
            "short_name": name[:12],
            "start_url": HOME,
            "scope": HOME,
            "display": "standalone",
            "background_color": "#F6F8FB",
            "theme_color": "#0B5FBF",
            "lang": request.LANGUAGE_CODE,
            "icons": icons,
        },
        content_type="application/manifest+json",
    )


@public
@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The service worker: its list of files follows the release, so it is not a static file."""
    shell = [
        OFFLINE,
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
                "js/technician.js",
                "js/field-queue.js",
                "js/field-parts.js",
                "js/money.js",
                "js/field-round.js",
                "js/field-app.js",
                "pwa/icon-192.png",
            )
        ),
    ]
    response = render(
        request,
        "technician/sw.js",
        {"shell_files": shell, "offline": OFFLINE, "home": HOME},
        content_type="text/javascript",
    )
    response["Cache-Control"] = "no-cache"
    return response


@public
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What the app shows when there is no connection and nothing was kept."""
    return render(request, "offline.html")
