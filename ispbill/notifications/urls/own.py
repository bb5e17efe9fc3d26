"""/account/notifications/: everybody's own devices."""

from django.urls import URLPattern, URLResolver, path

from ispbill.notifications.views import devices

app_name = "push"
_OWN = "account/notifications/"
urlpatterns: list[URLPattern | URLResolver] = [
    path(_OWN, devices.index, name="index"),
    path(f"{_OWN}key/", devices.key, name="key"),
    path(f"{_OWN}keep/", devices.keep, name="keep"),
    path(f"{_OWN}<int:pk>/remove/", devices.remove, name="remove"),
    path(f"{_OWN}<int:pk>/test/", devices.test, name="test"),
]
