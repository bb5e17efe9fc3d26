"""/admin/orders/, and a lead's last step"""

from django.urls import URLPattern, URLResolver, path

import customers.urls.staff  # noqa: F401  - knows how an account number looks
from signup.imports.views import imports
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
