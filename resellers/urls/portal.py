"""/reseller-portal/: customers, commissions and payouts. Names belong to `reseller`."""

from django.urls import URLPattern, URLResolver, path

from resellers.views import portal, portal_export, portal_money

urlpatterns: list[URLPattern | URLResolver] = [
    path("customers/", portal.customers, name="customers"),
    path("customers/new/", portal_money.add_customer, name="add-customer"),
    path("customers/export/", portal_export.customers, name="export"),
    path("collect/", portal_money.collect, name="collect"),
    path("money/", portal_money.money, name="money"),
    path("payouts/request/", portal_money.request_payout, name="request-payout"),
    path("commissions/", portal.commissions, name="commissions"),
    path("payouts/", portal.payouts, name="payouts"),
]
