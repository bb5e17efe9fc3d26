"""/admin/ pages of the API."""

from django.urls import URLPattern, URLResolver, path

from ispbill.api.views import tokens

app_name = "staff_api"
urlpatterns: list[URLPattern | URLResolver] = [
    path("api-tokens/", tokens.index, name="tokens"),
    path("api-tokens/new/", tokens.add, name="add-token"),
    path("api-tokens/<int:pk>/revoke/", tokens.revoke, name="revoke-token"),
]
