"""/portal/ bills."""

from django.urls import URLPattern, URLResolver, path

from billing.views import documents

app_name = "portal_billing"
urlpatterns: list[URLPattern | URLResolver] = [
    path("invoices/<str:number>/pdf/", documents.portal_invoice, name="invoice-pdf"),
    path("statement/<str:number>/", documents.portal_statement, name="statement-pdf"),
]
