"""/reseller-portal/"""

from django.urls import URLPattern, URLResolver, path

from ispbill.portals.views import reseller, reseller_money, reseller_vouchers

app_name = "reseller"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", reseller.dashboard, name="dashboard"),
    path("vouchers/", reseller_vouchers.index, name="vouchers"),
    path("commissions/", reseller_money.commissions, name="commissions"),
    path("payouts/", reseller_money.payouts, name="payouts"),
    path("customers/", reseller.customers, name="customers"),
]
