"""/reseller-portal/: customers, commissions and payouts. Names belong to `reseller`."""

from django.urls import URLPattern, URLResolver, path

from resellers.views import portal

urlpatterns: list[URLPattern | URLResolver] = [
    path("customers/", portal.customers, name="customers"),
    path("commissions/", portal.commissions, name="commissions"),
    path("payouts/", portal.payouts, name="payouts"),
]
