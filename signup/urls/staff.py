"""/admin/orders/, and a lead's last step"""

from django.urls import URLPattern, URLResolver, path

import customers.urls.staff  # noqa: F401  - knows how an account number looks
from signup.imports.views import imports
from signup.legacy.views import orders as former
from signup.merging.views import duplicates
from signup.views import leads, staff

app_name = "staff_signup"
urlpatterns: list[URLPattern | URLResolver] = [
    path("orders/", staff.index, name="orders"),
    path("orders/papers/<int:pk>/", staff.paper, name="paper"),
    path("orders/<str:number>/", staff.detail, name="order"),
    path("orders/<str:number>/accept/", staff.accept, name="accept"),
    path("orders/<str:number>/<slug:what>/", staff.decide, name="decide"),
    path("customers/duplicates/", duplicates.index, name="duplicates"),
    path("customers/duplicates/<int:pk>/ignore/", duplicates.ignore, name="ignore-pair"),
    path(
        "customers/duplicates/<account:number>/<account:other>/", duplicates.compare, name="compare"
    ),
    path("customers/<account:number>/merge/<account:other>/", duplicates.merge, name="merge"),
    path("customers/merges/<int:pk>/undo/", duplicates.undo, name="undo-merge"),
    path("customers/former-orders/", former.index, name="legacy-orders"),
    path("customers/former-orders/match/", former.backfill, name="backfill-orders"),
    path("customers/former-orders/orphans.csv", former.orphans, name="orphaned-orders"),
    path("customers/former-orders/<int:pk>/match/", former.match, name="match-order"),
    path("customers/former-orders/<int:pk>/create/", former.create, name="create-from-order"),
    path("customers/<account:number>/former/", former.panel, name="former-panel"),
    path("customers/import/", imports.index, name="imports"),
    path("customers/import/<int:pk>/", imports.show, name="import"),
    path("customers/import/<int:pk>/columns/", imports.columns, name="import-columns"),
    path("customers/import/<int:pk>/words/", imports.words, name="import-words"),
    path("customers/import/<int:pk>/errors/", imports.errors, name="import-errors"),
    path("customers/import/<int:pk>/run/", imports.run, name="run-import"),
    path("customers/import/<int:pk>/start/", imports.start, name="start-import"),
    path("customers/import/<int:pk>/undo/", imports.undo, name="undo-import"),
    path("leads/<int:pk>/convert/", leads.convert, name="convert-lead"),
]
