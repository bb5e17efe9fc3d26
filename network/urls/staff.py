"""/admin/network/"""

from django.urls import URLPattern, URLResolver, path

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
    path("network/customers/<str:number>/", lines.customer_panel, name="customer-panel"),
]
