"""/admin/ cash desk, payments, receipts and statements."""

from django.urls import URLPattern, URLResolver, path

from payments.views import (
    desk,
    exports,
    list_choices,
    money_out,
    prepaid,
    receipts,
    register,
    statements,
    vouchers,
)

app_name = "staff_payments"
urlpatterns: list[URLPattern | URLResolver] = [
    path("prepaid/", prepaid.index, name="prepaid"),
    path("customers/<str:number>/prepaid/", prepaid.panel, name="prepaid-panel"),
    path("customers/<str:number>/redeem/", prepaid.redeem, name="redeem"),
    path(
        "customers/<str:number>/services/<int:line_no>/renew/",
        prepaid.renew,
        name="prepaid-renew",
    ),
    path(
        "customers/<str:number>/services/<int:line_no>/give-days/",
        prepaid.give_days,
        name="prepaid-days",
    ),
    path(
        "customers/<str:number>/services/<int:line_no>/kind/",
        prepaid.switch_mode,
        name="prepaid-switch",
    ),
    path(
        "customers/<str:number>/services/<int:line_no>/renewal/",
        prepaid.choose_renewal,
        name="prepaid-choose",
    ),
    path("vouchers/", vouchers.index, name="vouchers"),
    path("vouchers/new/", vouchers.add, name="add-voucher-batch"),
    path("vouchers/<str:number>/", vouchers.detail, name="voucher-batch"),
    path("vouchers/<str:number>/sell/", vouchers.sell, name="sell-vouchers"),
    path("vouchers/<str:number>/block/", vouchers.block, name="block-vouchers"),
    path("vouchers/<str:number>/collect/", vouchers.collect, name="collect-vouchers"),
    path("vouchers/<str:number>/lapse/", vouchers.lapse, name="lapse-vouchers"),
    path("vouchers/<str:number>/sheet/", vouchers.sheet, name="voucher-sheet"),
    path("vouchers/<str:number>/export/", vouchers.export, name="export-vouchers"),
    path("vouchers/<str:number>/cards/<str:serial>/", vouchers.block_card, name="block-voucher"),
    path("cash-desk/", desk.cash_desk, name="cash-desk"),
    path("payments/", register.index, name="index"),
    path("payments/columns/", list_choices.keep_columns, name="columns"),
    path("payments/views/save/", list_choices.save_view, name="save-view"),
    path("payments/views/<int:pk>/remove/", list_choices.remove_view, name="remove-view"),
    path("payments/new/", desk.pay, name="pay"),
    path("payments/export/", exports.payments, name="export"),
    path("payments/<str:receipt>/", register.detail, name="detail"),
    path("payments/<str:receipt>/undo/", desk.undo, name="undo"),
    path("payments/<str:receipt>/send/", desk.send_receipt, name="send-receipt"),
    path("payments/<str:receipt>/reverse/", register.reverse_payment, name="reverse"),
    path("payments/<str:receipt>/receipt/", receipts.paper, name="receipt"),
    path("papers/<str:number>/", money_out.paper, name="paper"),
    path("customers/<str:number>/refund/", money_out.refund, name="refund"),
    path("customers/<str:number>/deposit/take/", money_out.take_deposit, name="take-deposit"),
    path("customers/<str:number>/deposit/use/", money_out.apply_deposit, name="apply-deposit"),
    path("customers/<str:number>/deposit/return/", money_out.return_deposit, name="return-deposit"),
    path("invoices/<str:number>/payments/", register.invoice_panel, name="invoice-panel"),
    path("customers/<str:number>/payments/", register.customer_panel, name="customer-panel"),
    path("customers/<str:number>/statement/", statements.statement, name="statement"),
]
