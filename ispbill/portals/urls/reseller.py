"""/reseller-portal/"""

from django.urls import URLPattern, URLResolver, include, path

from ispbill.portals.views import live, reseller
from payments.prepaid.views import voucher_portal

app_name = "reseller"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", reseller.dashboard, name="dashboard"),
    path("live/", live.reseller, name="live"),
    path("", include("resellers.urls.portal")),
    path("", include("tickets.urls.reseller")),
    path("", include("contracts.urls.reseller")),
    path("vouchers/", voucher_portal.index, name="vouchers"),
]
