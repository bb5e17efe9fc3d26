"""/admin/ pages of upkeep."""

from django.urls import URLPattern, URLResolver, path

from ispbill.upkeep.views import backups

app_name = "staff_upkeep"
urlpatterns: list[URLPattern | URLResolver] = [path("backups/", backups.index, name="backups")]
