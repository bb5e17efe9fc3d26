"""/technician/"""

from django.urls import URLPattern, URLResolver, path

from fieldservice.views import technician as field
from ispbill.portals.views import technician

app_name = "technician"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", field.app, name="today"),
    path("sync/", field.app, name="sync"),
    path("map/", field.app, name="map"),
    path("round/", field.app, name="round"),
    path("me/", technician.me, name="me"),
    path("manifest.webmanifest", technician.manifest, name="manifest"),
    path("sw.js", technician.service_worker, name="service-worker"),
    path("scripts/<str:name>-<str:digest>.js", technician.scripts, name="scripts"),
    path("offline/", technician.offline, name="offline"),
]
