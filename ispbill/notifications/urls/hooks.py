"""/hooks/messages/: the addresses providers of messages call."""

from django.urls import URLPattern, URLResolver, path

from ispbill.notifications.views import hooks

app_name = "message_hooks"
urlpatterns: list[URLPattern | URLResolver] = [
    path("hooks/messages/<slug:kind>/", hooks.heard, name="heard")
]
