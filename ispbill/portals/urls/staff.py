"""/admin/ itself: dashboard, search, settings."""

from django.urls import URLPattern, URLResolver, path

from ispbill.portals.views import search

app_name = "staff"
urlpatterns: list[URLPattern | URLResolver] = [
    path("search/", search.search, name="search"),
]
