"""/portal/ bills."""

from django.urls import URLPattern, URLResolver, path

from billing.views import break_portal, change_portal, documents, offers

app_name = "portal_billing"
_SERVICE = "package/<str:number>/<int:line_no>"
urlpatterns: list[URLPattern | URLResolver] = [
    path("invoices/<str:number>/pdf/", documents.portal_invoice, name="invoice-pdf"),
    path("credits/<str:number>/pdf/", documents.portal_credit_note, name="credit-note-pdf"),
    path("statement/<str:number>/", documents.portal_statement, name="statement-pdf"),
    path("offers/", offers.index, name="offers"),
    path("breaks/", break_portal.index, name="breaks"),
    path("breaks/<int:pk>/", break_portal.detail, name="break"),
    path("breaks/<int:pk>/withdraw/", break_portal.withdraw, name="withdraw-break"),
    path("breaks/<str:number>/<int:line_no>/", break_portal.ask, name="ask-break"),
    path("package/", change_portal.portal_index, name="package"),
    path("package/requests/<int:pk>/", change_portal.portal_request, name="package-request"),
    path("package/requests/<int:pk>/pdf/", documents.portal_change, name="package-change-pdf"),
    path("package/requests/<int:pk>/answer/", change_portal.portal_answer, name="package-answer"),
    path(f"{_SERVICE}/", change_portal.portal_offers, name="package-offers"),
    path(f"{_SERVICE}/<int:package>/", change_portal.portal_quote, name="package-quote"),
]
