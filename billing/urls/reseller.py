"""/reseller-portal/ package requests."""

from django.urls import URLPattern, URLResolver, path

from billing.changes.views import change_portal, request_portal

app_name = "reseller_billing"
_SERVICE = "customers/<str:number>/services/<int:line_no>/package"
urlpatterns: list[URLPattern | URLResolver] = [
    path("package-requests/", change_portal.reseller_index, name="package"),
    path("package-requests/<int:pk>/", request_portal.reseller_request, name="package-request"),
    path(
        "package-requests/<int:pk>/answer/", request_portal.reseller_answer, name="package-answer"
    ),
    path("customers/<str:number>/package/", change_portal.reseller_services, name="package-of"),
    path(f"{_SERVICE}/", change_portal.reseller_offers, name="package-offers"),
    path(f"{_SERVICE}/<int:package>/", change_portal.reseller_quote, name="package-quote"),
]
