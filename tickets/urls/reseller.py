"""/reseller-portal/tickets/. Names belong to `reseller`."""

from django.urls import URLPattern, URLResolver, path

from tickets.views import reseller

urlpatterns: list[URLPattern | URLResolver] = [
    path("tickets/", reseller.index, name="tickets"),
    path("tickets/new/<str:number>/", reseller.add, name="add-ticket"),
    path("tickets/<str:number>/", reseller.show, name="ticket"),
]
