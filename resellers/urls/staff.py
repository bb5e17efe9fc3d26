"""/admin/resellers/, /admin/commissions/ and /admin/reseller-payouts/"""

from django.urls import URLPattern, URLResolver, path

from resellers.views import bulk_move, commissions, looking, payouts, register, terms, transfers

app_name = "staff_resellers"
urlpatterns: list[URLPattern | URLResolver] = [
    path("resellers/", register.index, name="index"),
    path("resellers/new/", terms.add, name="add"),
    path("resellers/report/", register.report, name="report"),
    path("resellers/move/", terms.move, name="move"),
    path("resellers/move-many/", bulk_move.move, name="move-many"),
    path("resellers/view-as/end/", looking.end, name="end-view-as"),
    path("resellers/<str:number>/", register.show, name="reseller"),
    path("resellers/<str:number>/limits/", terms.limits, name="limits"),
    path("resellers/<str:number>/brand/", terms.brand, name="brand"),
    path("resellers/<str:number>/plan/", terms.plan, name="plan"),
    path("resellers/<str:number>/price/", terms.price, name="price"),
    path("resellers/<str:number>/users/new/", terms.add_user, name="add-user"),
    path("resellers/<str:number>/money/<str:kind>/", transfers.add, name="add-transfer"),
    path("resellers/<str:number>/view-as/", looking.begin, name="view-as"),
    path("resellers/<str:number>/<str:what>/", terms.decide, name="decide"),
    path(
        "reseller-checkouts/<slug:order>/<str:what>/",
        transfers.decide_checkout,
        name="decide-checkout",
    ),
    path("reseller-transfers/<str:number>/<str:what>/", transfers.decide, name="decide-transfer"),
    path("commissions/", commissions.index, name="commissions"),
    path("commissions/approve/", commissions.approve, name="approve-commissions"),
    path("reseller-payouts/", payouts.index, name="payouts"),
    path("reseller-payouts/new/<int:pk>/", payouts.record, name="record-payout"),
    path("reseller-payouts/<str:number>/", payouts.show, name="payout"),
    path("reseller-payouts/<str:number>/pdf/", payouts.paper, name="payout-pdf"),
    path("reseller-payouts/<str:number>/<str:what>/", payouts.decide, name="decide-payout"),
]
