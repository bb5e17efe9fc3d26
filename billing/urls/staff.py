"""/admin/ invoices and billing runs."""

from django.urls import URLPattern, URLResolver

app_name = "staff_billing"
urlpatterns: list[URLPattern | URLResolver] = []
