"""/admin/ pages that look at the books from above all apps: their proofs, and leaks."""

from django.urls import URLPattern, URLResolver, path

from ispbill.portals.views import proofs

app_name = "staff_books"
urlpatterns: list[URLPattern | URLResolver] = [
    path("ledger/proofs/", proofs.index, name="proofs"),
    path("ledger/proofs/start/", proofs.start, name="start-proofs"),
]
