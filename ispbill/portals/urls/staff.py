"""/admin/ itself: dashboard, search, settings."""

from django.urls import URLPattern, URLResolver, path

from ispbill.portals.views import company, search, staff, styleguide

app_name = "staff"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", staff.dashboard, name="dashboard"),
    path("tiles/<slug:name>/", staff.tile, name="tile"),
    path("search/", search.search, name="search"),
    path("payments/<str:number>/pdf/", staff.receipt_pdf, name="receipt-pdf"),
    path("settings/", company.settings, name="settings"),
    path("settings/example/", company.example, name="settings-example"),
    path("styleguide/", styleguide.show, name="styleguide"),
    path("styleguide/reason/", styleguide.reason, name="styleguide-reason"),
]
