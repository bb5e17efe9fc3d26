"""/portal/ bills."""

from django.urls import URLPattern, URLResolver

app_name = "portal_billing"
urlpatterns: list[URLPattern | URLResolver] = []
