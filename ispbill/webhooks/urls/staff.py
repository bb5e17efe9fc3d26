"""/admin/ pages of webhooks."""

from django.urls import URLPattern, URLResolver, path

from ispbill.webhooks.views import endpoints, log

app_name = "staff_webhooks"
urlpatterns: list[URLPattern | URLResolver] = [
    path("webhooks/", endpoints.index, name="endpoints"),
    path("webhooks/new/", endpoints.add, name="add"),
    path("webhooks/<int:pk>/", log.detail, name="detail"),
    path("webhooks/<int:pk>/edit/", endpoints.edit, name="edit"),
    path("webhooks/<int:pk>/rotate/", endpoints.rotate, name="rotate"),
    path("webhooks/<int:pk>/pause/", endpoints.pause, name="pause"),
    path("webhooks/<int:pk>/resume/", endpoints.resume, name="resume"),
    path("webhooks/<int:pk>/remove/", endpoints.remove, name="remove"),
    path("webhooks/<int:pk>/test/", log.ping, name="test"),
    path("webhooks/<int:pk>/<int:delivery_pk>/replay/", log.replay, name="replay"),
]
