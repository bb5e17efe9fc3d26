"""/sim/ control pages (only while SIMULATORS=1)."""

from django.urls import URLPattern, URLResolver, path

from ispbill.devtools.simulators.views import (
    clock,
    gateway,
    gateways,
    index,
    interstellio,
    messages,
    netcash,
    router,
)

app_name = "sim"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", index.show, name="index"),
    path("clock/", clock.show, name="clock"),
    path("gateway/", gateways.index, name="gateways"),
    path("gateway/act/", gateways.act, name="gateways-act"),
    path("gateway/<str:session>/", gateway.checkout, name="gateway-checkout"),
    path("gateway/<str:session>/press/", gateway.press, name="gateway-press"),
    path("gateway/<str:session>/inside/", gateway.inside, name="gateway-inside"),
    path("gateway/<str:session>/forge/", gateway.forge, name="gateway-forge"),
    path("interstellio/", interstellio.show, name="interstellio"),
    path("interstellio/use/", interstellio.use, name="interstellio-use"),
    path("interstellio/act/", interstellio.act, name="interstellio-act"),
    path("messages/", messages.index, name="messages"),
    path("messages/switches/", messages.switch, name="messages-switch"),
    path("messages/clear/", messages.clear, name="messages-clear"),
    path("netcash/", netcash.index, name="netcash"),
    path("netcash/act/", netcash.act, name="netcash-act"),
    path("netcash/switches/", netcash.switch, name="netcash-switch"),
    path("router/", router.show, name="router"),
    path("router/<str:name>/", router.show, name="router-named"),
    path("router/<str:name>/act/", router.act, name="router-act"),
]
