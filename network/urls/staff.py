"""/admin/network/"""

from django.urls import URLPattern, URLResolver, path

from network.addresses.views import connecting, pools
from network.drift.views import plans as drift
from network.fup.views import staff as fup
from network.interstellio.views import staff as interstellio
from network.outages.views import staff as outages
from network.outages.views import steps, uptime
from network.radius.views import sessions as radius_sessions
from network.radius.views import staff as radius
from network.speedtest.views import staff as speed
from network.takeover.views import users
from network.usage.views import bandwidth, manual
from network.usage.views import staff as usage
from network.views import lines, routers

app_name = "staff_network"
_OUTAGE = "network/outages/<str:number>"
_FILE = "network/usage/sync/files"
urlpatterns: list[URLPattern | URLResolver] = [
    path("network/routers/", routers.index, name="routers"),
    path("network/routers/add/", routers.add, name="add-router"),
    path("network/routers/try/", routers.try_typed, name="try-router"),
    path("network/routers/<int:pk>/", routers.lines, name="router"),
    path("network/routers/<int:pk>/edit/", routers.edit, name="edit-router"),
    path("network/routers/<int:pk>/test/", routers.try_stored, name="test-router"),
    path("network/routers/<int:pk>/retry/", routers.retry, name="retry-router"),
    path("network/routers/<int:pk>/differences/", drift.plan, name="router-drift"),
    path("network/routers/<int:pk>/compare/", drift.compare, name="compare-router"),
    path("network/routers/<int:pk>/users/", users.review, name="router-users"),
    path("network/routers/<int:pk>/users/read/", users.read, name="read-router-users"),
    path("network/router-users/<int:pk>/", users.name, name="name-router-user"),
    path("network/routers/<int:pk>/radius/", radius.tab, name="router-radius"),
    path("network/routers/<int:pk>/radius/change/", radius.change, name="change-radius"),
    path("network/routers/<int:pk>/radius/leave/", radius.leave, name="leave-radius"),
    path("network/radius/settings/", radius.change_settings, name="radius-settings"),
    path("network/addresses/", pools.index, name="addresses"),
    path("network/addresses/add/", pools.add, name="add-pool"),
    path("network/addresses/who/", pools.trace, name="trace-address"),
    path("network/addresses/<int:pk>/", pools.show, name="pool"),
    path("network/addresses/<int:pk>/archive/", pools.archive, name="archive-pool"),
    path("network/services/<int:pk>/connect/", connecting.connect, name="connect-service"),
    path("network/lines/<int:pk>/address/", pools.assign, name="assign-address"),
    path("network/lines/<int:pk>/address/release/", pools.release, name="release-address"),
    path("network/lines/<int:pk>/prefix/release/", pools.release_prefix, name="release-prefix"),
    path("network/differences/", drift.index, name="differences"),
    path("network/differences/<int:pk>/ignore/", drift.ignore, name="ignore-drift"),
    path("network/differences/<int:pk>/remove/", drift.remove, name="remove-drift"),
    path("network/routers/<int:pk>/answers/", routers.answers, name="router-answers"),
    path("network/routers/<int:pk>/log/", routers.log, name="router-log"),
    path("network/sync-queue/", lines.sync_queue, name="sync-queue"),
    path("network/lines/<int:pk>/retry/", lines.retry, name="retry-line"),
    path("network/lines/<int:pk>/session/", lines.session, name="line-session"),
    path("network/lines/<int:pk>/ping/", lines.ping, name="ping-line"),
    path("network/lines/<int:pk>/restart/", lines.restart, name="restart-line"),
    path("network/lines/<int:pk>/method/", lines.change_method, name="line-method"),
    path("network/lines/<int:pk>/move/", connecting.move, name="move-line"),
    path("network/lines/<int:pk>/radius/", radius_sessions.of_line, name="line-radius"),
    path("network/lines/<int:pk>/usage/", usage.line, name="line-usage"),
    path("network/lines/<int:pk>/usage/panel/", usage.panel, name="line-usage-panel"),
    path("network/lines/<int:pk>/usage/export/", usage.export, name="export-line-usage"),
    path("network/lines/<int:pk>/fair-use/", fup.panel, name="line-fup"),
    path("network/lines/<int:pk>/fair-use/lift/", fup.lift, name="lift-fup"),
    path("network/lines/<int:pk>/speed-tests/", speed.panel, name="line-speed-tests"),
    path("network/speed-tests/", speed.index, name="speed-tests"),
    path("network/speed-tests/export/", speed.export, name="export-speed-tests"),
    path("network/speed-tests/settings/", speed.change_settings, name="speed-test-settings"),
    path("network/sessions/", bandwidth.sessions, name="sessions"),
    path("network/usage/", bandwidth.index, name="bandwidth"),
    path("network/usage/sync/", interstellio.index, name="usage-sync"),
    path("network/usage/sync/settings/", interstellio.change, name="interstellio-settings"),
    path("network/usage/sync/try/", interstellio.try_out, name="try-interstellio"),
    path("network/usage/sync/now/", interstellio.read_now, name="read-usage-now"),
    path("network/usage/sync/again/", interstellio.read_again, name="read-usage-again"),
    path(f"{_FILE}/upload/", manual.upload, name="upload-usage"),
    path(f"{_FILE}/<int:pk>/", manual.show, name="usage-file"),
    path(f"{_FILE}/<int:pk>/take/", manual.take, name="take-usage-file"),
    path(f"{_FILE}/<int:pk>/undo/", manual.undo, name="undo-usage-file"),
    path(f"{_FILE}/<int:pk>/errors/", manual.errors, name="usage-file-errors"),
    path("network/usage/heavy/", bandwidth.heavy, name="heavy-users"),
    path("network/usage/alerts/<int:pk>/dismiss/", bandwidth.dismiss, name="dismiss-alert"),
    path("network/usage/routers/<int:pk>/", bandwidth.router, name="router-traffic"),
    path("network/fair-use/", fup.index, name="fair-use"),
    path("network/fair-use/add/", fup.add, name="add-fup"),
    path("network/fair-use/<int:pk>/archive/", fup.archive, name="archive-fup"),
    path("network/outages/", outages.index, name="outages"),
    path("network/outages/export/", outages.export, name="export-outages"),
    path("network/outages/new/", steps.add, name="add-outage"),
    path("network/outages/reach/", steps.preview, name="outage-reach"),
    path("network/outages/ticker/", outages.ticker, name="ticker"),
    path("network/outages/settings/", uptime.change_settings, name="outage-settings"),
    path("network/uptime/", uptime.index, name="uptime"),
    path("network/uptime/export/", uptime.export, name="export-uptime"),
    path("network/uptime/<str:month>/revise/", uptime.revise, name="revise-uptime"),
    path("network/uptime/breaches/<int:pk>/", uptime.look_into, name="look-into-breach"),
    path(f"{_OUTAGE}/", outages.show, name="outage"),
    path(f"{_OUTAGE}/update/", steps.post, name="post-outage"),
    path(f"{_OUTAGE}/tell/", steps.tell, name="tell-outage"),
    path(f"{_OUTAGE}/resolve/", steps.resolve, name="resolve-outage"),
    path(f"{_OUTAGE}/reopen/", steps.reopen, name="reopen-outage"),
    path(f"{_OUTAGE}/cancel/", steps.cancel, name="cancel-outage"),
    path(f"{_OUTAGE}/merge/", steps.merge, name="merge-outage"),
    path(f"{_OUTAGE}/places/", steps.add_places, name="add-outage-places"),
    path(f"{_OUTAGE}/places/<int:pk>/end/", steps.end_place, name="end-outage-place"),
    path(f"{_OUTAGE}/edit/", steps.correct, name="correct-outage"),
    path("network/customers/<str:number>/", lines.customer_panel, name="customer-panel"),
]
