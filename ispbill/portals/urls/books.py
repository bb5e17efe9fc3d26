"""/admin/ pages that look at the books from above all apps: their proofs, and leaks."""

from django.urls import URLPattern, URLResolver, path

from ispbill.portals.views import account_as_of, coverage, leaks, proofs

app_name = "staff_books"
urlpatterns: list[URLPattern | URLResolver] = [
    path("customers/<str:number>/as-of/", account_as_of.show, name="account-as-of"),
    path("ledger/proofs/", proofs.index, name="proofs"),
    path("ledger/leaks/", leaks.index, name="leaks"),
    path("ledger/leaks/<slug:name>/", leaks.detail, name="leak"),
    path(
        "ledger/leaks/<slug:name>/<str:number>/<int:subject>/accept/",
        leaks.accept,
        name="accept-leak",
    ),
    path("ledger/uncovered-days/", coverage.index, name="coverage"),
    path(
        "ledger/uncovered-days/<str:number>/<int:line_no>/<slug:action>/",
        coverage.mend,
        name="mend-days",
    ),
    path("ledger/proofs/start/", proofs.start, name="start-proofs"),
]
