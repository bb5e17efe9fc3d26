"""/technician/: the day, the jobs, what phones send"""

from django.urls import URLPattern, URLResolver, path

from fieldservice.views import outbox, technician

app_name = "field"
urlpatterns: list[URLPattern | URLResolver] = [
    path("day/", technician.day, name="day"),
    path("token/", outbox.token, name="token"),
    path("outbox/", outbox.receive, name="outbox"),
    path("jobs/<str:number>/", technician.job, name="job"),
]
