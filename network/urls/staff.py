"""/admin/network/"""

from django.urls import URLPattern, URLResolver, path

from network.fup.views import staff as fup
from network.usage.views import bandwidth
from network.usage.views import staff as usage
from network.views import lines, routers

app_name = "staff_network"
urlpatterns: list[URLPattern | URLResolver] = [
    path("network/routers/", routers.index, name="routers"),
    path("network/routers/add/", routers.add, name="add-router"),
    path("network/routers/try/", routers.try_typed, name="try-router"),
    path("network/routers/<int:pk>/", routers.lines, name="router"),
    path("network/routers/<int:pk>/edit/", routers.edit, name="edit-router"),
    path("network/routers/<int:pk>/test/", routers.try_stored, name="test-router"),
    path("network/routers/<int:pk>/retry/", routers.retry, name="retry-router"),
    path("network/routers/<int:pk>/differences/", routers.drift, name="router-drift"),
    path("network/routers/<int:pk>/answers/", routers.answers, name="router-answers"),
    path("network/routers/<int:pk>/log/", routers.log, name="router-log"),
    path("network/sync-queue/", lines.sync_queue, name="sync-queue"),
    path("network/lines/<int:pk>/retry/", lines.retry, name="retry-line"),
    path("network/lines/<int:pk>/session/", lines.session, name="line-session"),
    path("network/lines/<int:pk>/ping/", lines.ping, name="ping-line"),
    path("network/lines/<int:pk>/restart/", lines.restart, name="restart-line"),
    path("network/lines/<int:pk>/usage/", usage.line, name="line-usage"),
    path("network/lines/<int:pk>/usage/panel/", usage.panel, name="line-usage-panel"),
    path("network/lines/<int:pk>/usage/export/", usage.export, name="export-line-usage"),
    path("network/lines/<int:pk>/fair-use/", fup.panel, name="line-fup"),
    path("network/lines/<int:pk>/fair-use/lift/", fup.lift, name="lift-fup"),
    path("network/sessions/", bandwidth.sessions, name="sessions"),
    path("network/usage/", bandwidth.index, name="bandwidth"),
    path("network/usage/heavy/", bandwidth.heavy, name="heavy-users"),
    path("network/usage/alerts/<int:pk>/dismiss/", bandwidth.dismiss, name="dismiss-alert"),
    path("network/usage/routers/<int:pk>/", bandwidth.router, name="router-traffic"),
    path("network/fair-use/", fup.index, name="fair-use"),
    path("network/fair-use/add/", fup.add, name="add-fup"),
    path("network/fair-use/<int:pk>/archive/", fup.archive, name="archive-fup"),
    path("network/customers/<str:number>/", lines.customer_panel, name="customer-panel"),
]
