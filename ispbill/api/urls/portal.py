"""/portal/tokens/. Names belong to `portal_api`, for the portal lies below this app."""

from django.urls import URLPattern, URLResolver, path

from ispbill.api.views import portal_tokens

app_name = "portal_api"
urlpatterns: list[URLPattern | URLResolver] = [
    path("tokens/", portal_tokens.index, name="tokens"),
    path("tokens/<int:pk>/revoke/", portal_tokens.revoke, name="revoke-token"),
]
