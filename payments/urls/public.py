"""/receipt/<token>: a receipt by its link."""

from django.urls import URLPattern, URLResolver, re_path

from payments.views import public

app_name = "public_payments"
urlpatterns: list[URLPattern | URLResolver] = [
    re_path(r"^receipt/(?P<token>[\w.=-]{20,200})/?$", public.receipt, name="receipt"),
]
