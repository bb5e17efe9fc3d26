"""/admin/jobs/"""

from django.urls import URLPattern, URLResolver, path

from fieldservice.views import board, conflicts, papers, reports, staff

app_name = "staff_fieldservice"
urlpatterns: list[URLPattern | URLResolver] = [
    path("field-jobs/", staff.index, name="index"),
    path("field-jobs/new/", staff.add, name="add"),
    path("field-jobs/new/<str:number>/", staff.add_for, name="add-for"),
    path("field-jobs/board/", board.show, name="board"),
    path("field-jobs/reports/", reports.index, name="reports"),
    path("field-jobs/conflicts/<int:pk>/<slug:what>/", conflicts.decide, name="decide-conflict"),
    path("field-jobs/photos/<int:pk>/", papers.photo, name="photo"),
    path("field-jobs/of/<str:number>/", staff.customer_panel, name="customer-panel"),
    path("field-jobs/<str:number>/", staff.detail, name="detail"),
    path("field-jobs/<str:number>/assign/", staff.assign, name="assign"),
    path("field-jobs/<str:number>/unassign/", staff.unassign, name="unassign"),
    path("field-jobs/<str:number>/cancel/", staff.cancel, name="cancel"),
    path("field-jobs/<str:number>/carry-out/", staff.carry_out, name="carry-out"),
    path("field-jobs/<str:number>/pdf/", papers.staff_report, name="report-pdf"),
]
