"""/sim/ control pages (only while SIMULATORS=1)."""

from django.urls import URLPattern, URLResolver, path

from ispbill.portals.views import sim_clock, sim_messages, sim_router

app_name = "sim"
urlpatterns: list[URLPattern | URLResolver] = [
    path("clock/", sim_clock.show, name="clock"),
    path("messages/", sim_messages.index, name="messages"),
    path("messages/switches/", sim_messages.switch, name="messages-switch"),
    path("messages/clear/", sim_messages.clear, name="messages-clear"),
    path("router/", sim_router.show, name="router"),
    path("router/<str:name>/", sim_router.show, name="router-named"),
    path("router/<str:name>/act/", sim_router.act, name="router-act"),
]
