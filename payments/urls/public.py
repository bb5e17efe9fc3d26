"""/receipt/<token>, /pay/<link>, and the addresses gateways call."""

from django.urls import URLPattern, URLResolver, path, re_path

from payments.debits.views import netcash
from payments.desk.views import papers
from payments.online.views import gateway_calls, pay, public

app_name = "public_payments"
urlpatterns: list[URLPattern | URLResolver] = [
    path("receipt/<str:token>", public.receipt, name="receipt"),
    path("receipt/<str:token>/pdf/", papers.receipt, name="receipt-pdf"),
    re_path(r"^pay/(?P<token>[\w-]{20,80})/pdf/$", papers.bill, name="bill-pdf"),
    path("pay/attempts/<slug:order>/", pay.attempt, name="attempt"),
    path("pay/attempts/<slug:order>/go/", pay.go, name="attempt-go"),
    path("pay/gateways/<slug:slug>/ipn/", gateway_calls.notice, name="gateway-notice"),
    path("pay/gateways/<slug:slug>/<slug:claim>/", gateway_calls.came_back, name="gateway-return"),
    re_path(r"^pay/(?P<token>[\w-]{20,80})/?$", pay.pay, name="pay"),
    path("hooks/netcash/<str:secret>/", netcash.mandate, name="netcash-mandate"),
]
