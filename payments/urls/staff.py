"""/admin/ cash desk and payments."""

from django.urls import URLPattern, URLResolver

app_name = "staff_payments"
urlpatterns: list[URLPattern | URLResolver] = []
