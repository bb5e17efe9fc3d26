"""Landing page and other public pages."""

from django.urls import URLPattern, URLResolver, path, re_path

from customers.views import public as packages
from ispbill.portals.views import public
from network.outages.views import public as network
from network.speedtest.views import measuring
from payments.online.views import pay, suspended

app_name = "public"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", public.landing, name="landing"),
    re_path(r"^packages/?$", packages.packages, name="packages"),
    path("stop/<str:token>", packages.stop_offers, name="stop-offers"),
    path("r/<str:code>", packages.invited, name="referral"),
    re_path(r"^pay/?$", pay.find, name="pay"),
    re_path(r"^status/?$", network.status, name="status"),
    path("status.json", network.as_json, name="status-json"),
    path("speed/garbage/", measuring.download, name="speed-download"),
    path("speed/empty/", measuring.empty, name="speed-empty"),
    path("speed/ip/", measuring.address, name="speed-address"),
    re_path(r"^suspended/?$", suspended.show, name="suspended"),
]
