"""/sim/ control pages (only while SIMULATORS=1)."""

from django.urls import URLPattern, URLResolver, path

from ispbill.portals.views import (
    sim_clock,
    sim_gateway,
    sim_gateways,
    sim_messages,
    sim_netcash,
    sim_router,
)

app_name = "sim"
urlpatterns: list[URLPattern | URLResolver] = [
    path("clock/", sim_clock.show, name="clock"),
    path("gateway/", sim_gateways.index, name="gateways"),
    path("gateway/act/", sim_gateways.act, name="gateways-act"),
    path("gateway/<str:session>/", sim_gateway.checkout, name="gateway-checkout"),
    path("gateway/<str:session>/press/", sim_gateway.press, name="gateway-press"),
    path("gateway/<str:session>/inside/", sim_gateway.inside, name="gateway-inside"),
    path("gateway/<str:session>/forge/", sim_gateway.forge, name="gateway-forge"),
    path("messages/", sim_messages.index, name="messages"),
    path("messages/switches/", sim_messages.switch, name="messages-switch"),
    path("messages/clear/", sim_messages.clear, name="messages-clear"),
    path("netcash/", sim_netcash.index, name="netcash"),
    path("netcash/act/", sim_netcash.act, name="netcash-act"),
    path("netcash/switches/", sim_netcash.switch, name="netcash-switch"),
    path("router/", sim_router.show, name="router"),
    path("router/<str:name>/", sim_router.show, name="router-named"),
    path("router/<str:name>/act/", sim_router.act, name="router-act"),
]
