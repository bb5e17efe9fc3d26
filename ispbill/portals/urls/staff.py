"""/admin/ itself: dashboard, search, settings."""

from django.urls import URLPattern, URLResolver, path

from ispbill.inbox.views import counting, inbox
from ispbill.portals.views import apps, company, handbook, live, search, staff, system_health
from payments.desk.views import receipts

app_name = "staff"
_ITEM = "inbox/<slug:kind>/<int:key>"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", staff.dashboard, name="dashboard"),
    path("tiles/<slug:name>/", staff.tile, name="tile"),
    path("inbox/", inbox.index, name="inbox"),
    path("inbox/count/", counting.show, name="inbox-count"),
    path(f"{_ITEM}/", inbox.item, name="inbox-item"),
    path(f"{_ITEM}/later/", inbox.later, name="inbox-later"),
    path(f"{_ITEM}/open/", inbox.opened, name="inbox-open"),
    path(f"{_ITEM}/now/", inbox.now, name="inbox-now"),
    path(f"{_ITEM}/<slug:verb>/", inbox.act, name="inbox-act"),
    path("health/", system_health.index, name="health"),
    path("search/", search.search, name="search"),
    path("help/", handbook.show, name="help"),
    path("help/pictures/<str:name>", handbook.picture, name="help-picture"),
    path("help/<slug:name>/", handbook.show, name="help-book"),
    path("live/", live.staff, name="live"),
    path("payments/<str:number>/pdf/", receipts.pdf, name="receipt-pdf"),
    path("manifest.webmanifest", apps.console_manifest, name="manifest"),
    path("sw.js", apps.console_worker, name="service-worker"),
    path("settings/", company.settings, name="settings"),
    path("settings/example/", company.example, name="settings-example"),
]
