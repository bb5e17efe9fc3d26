"""/admin/ pages of upkeep."""

from django.urls import URLPattern, URLResolver, path

from ispbill.upkeep.views import alarms, backups

app_name = "staff_upkeep"
urlpatterns: list[URLPattern | URLResolver] = [
    path("backups/", backups.index, name="backups"),
    path("alarms/<int:pk>/take-on/", alarms.take_on, name="alarm-take-on"),
]
