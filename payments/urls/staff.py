"""/admin/ cash desk, payments, receipts and statements."""

from django.urls import URLPattern, URLResolver, path

from payments.views import desk, exports, list_choices, money_out, receipts, register, statements

app_name = "staff_payments"
urlpatterns: list[URLPattern | URLResolver] = [
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
