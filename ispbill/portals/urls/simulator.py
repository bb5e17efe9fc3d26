"""/sim/ control pages (only while SIMULATORS=1)."""

from django.urls import URLPattern, URLResolver, path

from ispbill.portals.views import sim_messages

app_name = "sim"
urlpatterns: list[URLPattern | URLResolver] = [
    path("messages/", sim_messages.index, name="messages"),
    path("messages/switches/", sim_messages.switch, name="messages-switch"),
    path("messages/clear/", sim_messages.clear, name="messages-clear"),
]
