"""/technician/: the day, the jobs, what phones send"""

from django.urls import URLPattern, URLResolver, path

from fieldservice.rounds.views import technician as rounds
from fieldservice.stock.views import technician as stock
from fieldservice.views import devices, files, lines, outbox, technician

app_name = "field"
urlpatterns: list[URLPattern | URLResolver] = [
    path("day/", technician.day, name="day"),
    path("week/", technician.week, name="week"),
    path("token/", outbox.token, name="token"),
    path("device/", devices.register, name="device"),
    path("farewell/", devices.farewell, name="farewell"),
    path("outbox/", outbox.receive, name="outbox"),
    path("files/<uuid:action>/", files.part, name="file"),
    path("stock/", stock.index, name="stock"),
    path("stock/<int:pk>/accept/", stock.accept, name="accept-stock"),
    path("stock/<int:pk>/back/", stock.send_back, name="return-stock"),
    path("round/day/", rounds.day, name="round-day"),
    path("round/device/", rounds.device, name="round-device"),
    path("round/payments/", rounds.receive, name="round-payments"),
    path("round/hand-over/", rounds.hand_over, name="round-hand-over"),
    path("jobs/<str:number>/line/", lines.check, name="line"),
    path("jobs/<str:number>/line/open/", lines.try_out, name="line-trial"),
    path("jobs/<str:number>/", technician.job, name="job"),
]
