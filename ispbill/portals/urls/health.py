"""Probes and figures."""

from django.urls import URLPattern, URLResolver, path

from ispbill.portals.views import health

app_name = "health"
urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
]
