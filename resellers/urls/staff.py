"""/admin/commissions/ and /admin/payouts/"""

from django.urls import URLPattern, URLResolver, path

from resellers.views import commissions, payouts

app_name = "staff_resellers"
urlpatterns: list[URLPattern | URLResolver] = [
    path("commissions/", commissions.index, name="commissions"),
    path("commissions/approve/", commissions.approve, name="approve-commissions"),
    path("reseller-payouts/", payouts.index, name="payouts"),
    path("reseller-payouts/new/<int:pk>/", payouts.record, name="record-payout"),
    path("reseller-payouts/<str:number>/", payouts.show, name="payout"),
    path("reseller-payouts/<str:number>/pdf/", payouts.paper, name="payout-pdf"),
    path("reseller-payouts/<str:number>/<str:what>/", payouts.decide, name="decide-payout"),
]
