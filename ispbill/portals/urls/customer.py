"""/portal/: its home, and the pages of the apps under one name."""

from django.urls import URLPattern, URLResolver, include, path

from billing.changes.views import invoice_portal
from ispbill.portals.views import apps, customer, live, portal_messages
from ispbill.upkeep.views import own_data
from network.fup.views import portal as usage
from network.speedtest.views import portal as speed

app_name = "portal"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", customer.home, name="home"),
    path("account/", customer.switch_account, name="switch-account"),
    path("live/", live.customer, name="live"),
    path("", include("payments.urls.portal")),
    path("invoices/<str:number>/", invoice_portal.show, name="invoice"),
    path("usage/", usage.usage, name="usage"),
    path("usage/export/", usage.export, name="export-usage"),
    path("speed-test/", speed.show, name="speed-test"),
    path("speed-test/begin/", speed.begin, name="begin-speed-test"),
    path("speed-test/finish/", speed.finish, name="finish-speed-test"),
    path("", include("customers.urls.portal")),
    path("data/", own_data.download, name="own-data"),
    path("", include("tickets.urls.portal")),
    path("", include("contracts.urls.portal")),
    path("messages/", portal_messages.index, name="messages"),
    path("messages/count/", portal_messages.count, name="messages-count"),
    path("messages/read/", portal_messages.read, name="read-messages"),
    path("manifest.webmanifest", apps.portal_manifest, name="manifest"),
    path("sw.js", apps.portal_worker, name="service-worker"),
    path("more/", customer.more, name="more"),
]
