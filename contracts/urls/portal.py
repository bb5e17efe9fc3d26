"""/portal/contracts/. Names belong to `portal`."""

from django.urls import URLPattern, URLResolver, path, re_path

from contracts.views import portal

urlpatterns: list[URLPattern | URLResolver] = [
    path("contracts/", portal.index, name="contracts"),
    path("contracts/<str:number>/", portal.show, name="contract"),
    path("contracts/<str:number>/sign/", portal.sign, name="sign-contract"),
    path("contracts/<str:number>/not-renewed/", portal.object_to_renewal, name="not-renewed"),
    re_path(
        r"^contracts/(?P<number>[\w-]+)/(?P<which>sent|signed)\.pdf$",
        portal.paper,
        name="contract-paper",
    ),
]
