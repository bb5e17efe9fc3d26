"""/portal/ bills."""

from django.urls import URLPattern, URLResolver, path

from billing.changes.views import change_portal, offers, pause_portal, request_portal
from billing.changes.views import documents as change_papers
from billing.receivables.views import documents

app_name = "portal_billing"
_SERVICE = "package/<str:number>/<int:line_no>"
urlpatterns: list[URLPattern | URLResolver] = [
    path("invoices/<str:number>/pdf/", documents.portal_invoice, name="invoice-pdf"),
    path("credits/<str:number>/pdf/", documents.portal_credit_note, name="credit-note-pdf"),
    path("statement/<str:number>/", documents.portal_statement, name="statement-pdf"),
    path("offers/", offers.index, name="offers"),
    path("breaks/", pause_portal.index, name="pauses"),
    path("breaks/<int:pk>/", pause_portal.detail, name="pause"),
    path("breaks/<int:pk>/withdraw/", pause_portal.withdraw, name="withdraw-pause"),
    path("breaks/<str:number>/<int:line_no>/", pause_portal.ask, name="ask-pause"),
    path("package/", change_portal.portal_index, name="package"),
    path("package/requests/<int:pk>/", request_portal.portal_request, name="package-request"),
    path("package/requests/<int:pk>/pdf/", change_papers.portal_change, name="package-change-pdf"),
    path("package/requests/<int:pk>/answer/", request_portal.portal_answer, name="package-answer"),
    path(f"{_SERVICE}/", change_portal.portal_offers, name="package-offers"),
    path(f"{_SERVICE}/<int:package>/", change_portal.portal_quote, name="package-quote"),
]
