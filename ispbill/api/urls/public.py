"""/api/"""

from django.urls import URLPattern, URLResolver, path

from ispbill.api.views import docs, service

app_name = "api"
urlpatterns: list[URLPattern | URLResolver] = [
    path("docs/", docs.index, name="docs"),
    path("docs/problems", docs.refusals, name="problems"),
    path("openapi.json", docs.document, name="openapi"),
    *service.patterns(),
]
