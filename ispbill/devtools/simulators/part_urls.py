"""/admin/parts/: every shared part of the console in its states, never in production."""

from django.urls import path

from ispbill.devtools.simulators.views import parts

app_name = "parts"
urlpatterns = [
    path("", parts.show, name="show"),
    path("reason/", parts.reason, name="reason"),
    path("failure/<int:code>/", parts.failure, name="failure"),
]
