"""/portal/: paying, bills and receipts, prepaid, ways to pay. Names belong to `portal`."""

from django.urls import URLPattern, URLResolver, path

from payments.debits.views import method_portal
from payments.desk.views import bills_portal
from payments.online.views import pay_portal
from payments.prepaid.views import prepaid_portal
from payments.referrals.views import referral_portal

urlpatterns: list[URLPattern | URLResolver] = [
    path("pay/", pay_portal.pay, name="pay"),
    path("bills/", bills_portal.bills, name="bills"),
    path("receipts/<str:number>/", bills_portal.receipt_page, name="receipt"),
    path("receipts/<str:number>/pdf/", bills_portal.receipt, name="receipt-pdf"),
    path("prepaid/", prepaid_portal.show, name="prepaid"),
    path("prepaid/redeem/", prepaid_portal.redeem, name="prepaid-redeem"),
    path("prepaid/<int:line_no>/renew/", prepaid_portal.renew, name="prepaid-renew"),
    path("prepaid/<int:line_no>/choose/", prepaid_portal.choose, name="prepaid-choose"),
    path("payment-methods/", method_portal.show, name="methods"),
    path("payment-methods/new/", method_portal.add, name="add-method"),
    path("payment-methods/transfer/", method_portal.add_transfer, name="add-transfer"),
    path(
        "payment-methods/<int:pk>/debit-order/", method_portal.request_mandate, name="debit-order"
    ),
    path("payment-methods/<int:pk>/primary/", method_portal.make_primary, name="method-primary"),
    path("payment-methods/<int:pk>/remove/", method_portal.remove, name="method-remove"),
    path("referrals/", referral_portal.mine, name="referrals"),
]
