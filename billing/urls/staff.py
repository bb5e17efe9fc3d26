"""/admin/ invoices and billing runs."""

from django.urls import URLPattern, URLResolver, path

from billing.views import documents

app_name = "staff_billing"
urlpatterns: list[URLPattern | URLResolver] = [
    path("invoices/<str:number>/pdf/", documents.staff_invoice, name="invoice-pdf"),
    path("customers/<str:number>/statement/pdf/", documents.staff_statement, name="statement-pdf"),
]
