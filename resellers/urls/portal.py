"""/reseller-portal/: customers, commissions and payouts. Names belong to `reseller`."""

from django.urls import URLPattern, URLResolver, path

from resellers.views import (
    portal,
    portal_customer,
    portal_discount,
    portal_export,
    portal_messages,
    portal_money,
    portal_papers,
    portal_prices,
    portal_profile,
    portal_reports,
    portal_top_up,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("customers/", portal.customers, name="customers"),
    path("customers/new/", portal_money.add_customer, name="add-customer"),
    path("customers/export/", portal_export.customers, name="export"),
    path("customers/<str:number>/", portal_customer.show, name="customer"),
    path("customers/<str:number>/edit/", portal_customer.edit, name="edit-customer"),
    path("customers/<str:number>/<int:line_no>/renewal/", portal_customer.renewal, name="renewal"),
    path("customers/<str:number>/<int:line_no>/discount/", portal_discount.give, name="discount"),
    path("messages/", portal_messages.index, name="messages"),
    path("messages/new/", portal_messages.write, name="write-message"),
    path("prices/", portal_prices.index, name="prices"),
    path("prices/<int:pk>/", portal_prices.edit, name="price"),
    path("top-up/", portal_top_up.start, name="top-up"),
    path("top-up/<slug:order>/", portal_top_up.show, name="checkout"),
    path("top-up/<slug:order>/go/", portal_top_up.go, name="checkout-go"),
    path("collect/", portal_money.collect, name="collect"),
    path("money/", portal_money.money, name="money"),
    path("payouts/request/", portal_money.request_payout, name="request-payout"),
    path("reports/", portal_reports.index, name="reports"),
    path("profile/", portal_profile.show, name="profile"),
    path("profile/users/new/", portal_profile.add_user, name="add-user"),
    path("profile/users/<int:pk>/", portal_profile.user, name="user"),
    path("commissions/", portal.commissions, name="commissions"),
    path("commissions/<int:year>-<int:month>.pdf", portal_papers.month, name="month-paper"),
    path("payouts/", portal.payouts, name="payouts"),
    path("payouts/<str:number>.pdf", portal_papers.payout, name="payout-paper"),
]
