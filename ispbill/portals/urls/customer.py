"""/portal/"""

from django.urls import URLPattern, URLResolver, path

from ispbill.portals.views import customer, methods, prepaid, referrals

app_name = "portal"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", customer.home, name="home"),
    path("account/", customer.switch_account, name="switch-account"),
    path("pay/", customer.pay, name="pay"),
    path("bills/", customer.bills, name="bills"),
    path("invoices/<str:number>/", customer.invoice, name="invoice"),
    path("receipts/<str:number>/", customer.receipt_page, name="receipt"),
    path("receipts/<str:number>/pdf/", customer.receipt, name="receipt-pdf"),
    path("prepaid/", prepaid.show, name="prepaid"),
    path("prepaid/redeem/", prepaid.redeem, name="prepaid-redeem"),
    path("prepaid/<int:line_no>/renew/", prepaid.renew, name="prepaid-renew"),
    path("prepaid/<int:line_no>/choose/", prepaid.choose, name="prepaid-choose"),
    path("payment-methods/", methods.show, name="methods"),
    path("payment-methods/new/", methods.add, name="add-method"),
    path("payment-methods/transfer/", methods.add_transfer, name="add-transfer"),
    path("payment-methods/<int:pk>/debit-order/", methods.request_mandate, name="debit-order"),
    path("payment-methods/<int:pk>/primary/", methods.make_primary, name="method-primary"),
    path("payment-methods/<int:pk>/remove/", methods.remove, name="method-remove"),
    path("referrals/", referrals.mine, name="referrals"),
    path("usage/", customer.usage, name="usage"),
    path("support/", customer.support, name="support"),
    path("more/", customer.more, name="more"),
]
