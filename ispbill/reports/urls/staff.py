"""/admin/reports/."""

from django.urls import URLPattern, URLResolver, path

from ispbill.reports.views import (
    acquisition,
    brief,
    library,
    list_file,
    performance,
    restated,
    revenue,
)

app_name = "staff_reports"
urlpatterns: list[URLPattern | URLResolver] = [
    path("reports/library/", library.index, name="library"),
    path("reports/library/send/", library.plan, name="schedule"),
    path("reports/library/send/<int:pk>/end/", library.end, name="end-schedule"),
    path("reports/library/sent/<int:pk>/", library.paper, name="sent"),
    path("reports/library/of/<slug:key>/", library.table, name="library-table"),
    path("reports/lists/<slug:key>/", list_file.download, name="list-file"),
    path("reports/brief/", brief.show, name="brief"),
    path("reports/figures/", library.sheet, name="figures"),
    path("reports/acquisition/", acquisition.index, name="acquisition"),
    path("reports/acquisition/enter/", acquisition.enter, name="enter-cost"),
    path("reports/restated/", restated.index, name="restated"),
    path("reports/staff/", performance.page, name="staff"),
    path("reports/staff/file/", performance.file, name="staff-file"),
    path("reports/revenue/", revenue.page, {"tab": "revenue"}, name="revenue"),
    path("reports/revenue/growth/", revenue.page, {"tab": "revenue-growth"}, name="revenue-growth"),
    path(
        "reports/revenue/collection/",
        revenue.page,
        {"tab": "revenue-collection"},
        name="revenue-collection",
    ),
    path(
        "reports/revenue/breakdown/",
        revenue.page,
        {"tab": "revenue-breakdown"},
        name="revenue-breakdown",
    ),
    path(
        "reports/revenue/forecast/",
        revenue.page,
        {"tab": "revenue-forecast"},
        name="revenue-forecast",
    ),
    path(
        "reports/revenue/retention/",
        revenue.page,
        {"tab": "revenue-cohorts"},
        name="revenue-cohorts",
    ),
    path("reports/revenue/rows/", revenue.behind, name="revenue-rows"),
    path("reports/revenue/<slug:tab>/file/", revenue.file, name="revenue-file"),
]
