"""/admin/ pages that look at the books from above all apps: their proofs, and revenue leaks."""

from django.urls import URLPattern, URLResolver, path

from billing.books.views import account_as_of
from ispbill.reports.views import coverage, findings, proofs

app_name = "staff_books"
urlpatterns: list[URLPattern | URLResolver] = [
    path("customers/<str:number>/as-of/", account_as_of.show, name="account-as-of"),
    path("ledger/proofs/", proofs.index, name="proofs"),
    path("ledger/leaks/", findings.index, name="findings"),
    path("ledger/leaks/<slug:name>/", findings.detail, name="finding"),
    path(
        "ledger/leaks/<slug:name>/<str:number>/<int:subject>/accept/",
        findings.accept,
        name="accept-finding",
    ),
    path("ledger/uncovered-days/", coverage.index, name="coverage"),
    path(
        "ledger/uncovered-days/<str:number>/<int:line_no>/<slug:action>/",
        coverage.mend,
        name="mend-days",
    ),
    path("ledger/proofs/start/", proofs.start, name="start-proofs"),
]
