"""Landing page and other public pages."""

from django.urls import URLPattern, URLResolver, path, re_path

from customers.views import public as packages
from ispbill.portals.views import public
from network.outages.views import public as network
from payments.online.views import pay, suspended

app_name = "public"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", public.landing, name="landing"),
    re_path(r"^packages/?$", packages.packages, name="packages"),
    path("r/<str:code>", packages.invited, name="referral"),
    re_path(r"^pay/?$", pay.find, name="pay"),
    re_path(r"^status/?$", network.status, name="status"),
    path("status.json", network.as_json, name="status-json"),
    re_path(r"^suspended/?$", suspended.show, name="suspended"),
]
