"""/reseller-portal/contracts/. Names belong to `reseller`."""

from django.urls import URLPattern, URLResolver, path, re_path

from contracts.views import reseller

urlpatterns: list[URLPattern | URLResolver] = [
    path("contracts/", reseller.index, name="contracts"),
    path("contracts/new/<str:number>/", reseller.draw_up, name="draw-up-contract"),
    path("contracts/<str:number>/", reseller.show, name="contract"),
    path("contracts/<str:number>/link/", reseller.send_link, name="contract-link"),
    re_path(
        r"^contracts/(?P<number>[\w-]+)/(?P<which>sent|signed)\.pdf$",
        reseller.paper,
        name="contract-paper",
    ),
]
