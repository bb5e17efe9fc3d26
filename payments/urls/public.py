"""/receipt/<token>: a receipt by its link."""

from django.urls import URLPattern, URLResolver, path

from payments.views import public

app_name = "public_payments"
urlpatterns: list[URLPattern | URLResolver] = [
    path("receipt/<str:token>", public.receipt, name="receipt"),
]
