"""Probes and figures."""

from django.urls import URLPattern, URLResolver, path

from ispbill.portals.views import health

app_name = "health"
urlpatterns: list[URLPattern | URLResolver] = [
    path("livez", health.livez, name="livez"),
    path("healthz", health.livez, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("health", health.health, name="health"),
    path("metrics", health.metrics, name="metrics"),
]
