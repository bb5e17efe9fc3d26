"""Landing page and other public pages."""

from django.urls import URLPattern, URLResolver, path, re_path

from ispbill.portals.views import public, referrals
from payments.views import pay

app_name = "public"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", public.landing, name="landing"),
    re_path(r"^packages/?$", public.packages, name="packages"),
    path("r/<str:code>", referrals.invited, name="referral"),
    re_path(r"^pay/?$", pay.find, name="pay"),
    re_path(r"^status/?$", public.status, name="status"),
    re_path(r"^suspended/?$", public.suspended, name="suspended"),
]
