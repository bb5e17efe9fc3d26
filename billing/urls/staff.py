"""/admin/ invoices, billing runs, the suspension queue, services' states and the books."""

from django.urls import URLPattern, URLResolver, path

from billing.views import (
    bulk,
    closing,
    documents,
    dunning,
    invoices,
    ledger,
    panels,
    runs,
    services,
)

app_name = "staff_billing"
_SERVICE = "customers/<str:number>/services/<int:line_no>"
urlpatterns: list[URLPattern | URLResolver] = [
    path("invoices/", invoices.index, name="invoices"),
    path("invoices/export/", invoices.export, name="invoices-export"),
    path("invoices/<str:number>/", invoices.detail, name="invoice"),
    path("invoices/<str:number>/void/", invoices.void, name="invoice-void"),
    path("invoices/<str:number>/pdf/", documents.staff_invoice, name="invoice-pdf"),
    path("customers/<str:number>/statement/pdf/", documents.staff_statement, name="statement-pdf"),
    path("customers/<str:number>/billing/panel/", panels.customer, name="customer-panel"),
    path("billing/runs/", runs.index, name="runs"),
    path("billing/runs/new/", runs.new, name="new-run"),
    path("billing/runs/confirm/", runs.confirm, name="confirm-run"),
    path("billing/runs/orders/<str:key>/", runs.ordered, name="run-order"),
    path("billing/runs/<int:pk>/", runs.detail, name="run"),
    path("billing/runs/<int:pk>/retry/", runs.retry, name="retry-run"),
    path("billing/runs/<int:pk>/messages/", runs.announce, name="announce-run"),
    path("billing/due/", dunning.index, name="dunning"),
    path("billing/due/<str:number>/promise/", dunning.promise, name="promise"),
    path("billing/due/<str:number>/withdraw/", dunning.withdraw_promise, name="withdraw-promise"),
    path("billing/due/<str:number>/exclude/", dunning.never_suspend, name="never-suspend"),
    path("billing/bulk-suspend/", bulk.suspend, name="bulk-suspend"),
    path(f"{_SERVICE}/activate/", services.activate, name="service-activate"),
    path(f"{_SERVICE}/suspend/", services.suspend, name="service-suspend"),
    path(f"{_SERVICE}/reactivate/", services.reactivate, name="service-reactivate"),
    path(f"{_SERVICE}/cancel/", services.cancel, name="service-cancel"),
    path("ledger/", ledger.index, name="ledger"),
    path("ledger/journal/", ledger.journal, name="journal"),
    path("ledger/days/", ledger.days, name="ledger-days"),
    path("ledger/closing/", closing.index, name="closing"),
    path("ledger/closing/<str:month>/close/", closing.close, name="close-month"),
    path("ledger/closing/<int:pk>/reopen/", closing.reopen, name="reopen-month"),
    path("ledger/accounts/", ledger.accounts, name="ledger-accounts"),
    path("ledger/accounts/add/", ledger.add_account, name="add-account"),
    path("ledger/accounts/<int:code>/", ledger.account, name="ledger-account"),
    path("ledger/entries/<int:pk>/", ledger.entry, name="ledger-entry"),
]
