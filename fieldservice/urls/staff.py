"""/admin/jobs/"""

from django.urls import URLPattern, URLResolver, path

from fieldservice.rounds.views import staff as round_staff
from fieldservice.stock.views import acts as stock_acts
from fieldservice.stock.views import corrections
from fieldservice.stock.views import staff as stock
from fieldservice.views import (
    absences,
    board,
    conflicts,
    devices,
    maps,
    papers,
    reports,
    staff,
    working_days,
)

app_name = "staff_fieldservice"
urlpatterns: list[URLPattern | URLResolver] = [
    path("field-jobs/", staff.index, name="index"),
    path("field-jobs/new/", staff.add, name="add"),
    path("field-jobs/new/<str:number>/", staff.add_for, name="add-for"),
    path("field-jobs/board/", board.show, name="board"),
    path("field-jobs/week/", board.week, name="week"),
    path("field-jobs/map/", maps.show, name="map"),
    path("field-jobs/absences/new/", absences.enter, name="add-absence"),
    path("field-jobs/absences/<int:pk>/withdraw/", absences.withdraw, name="withdraw-absence"),
    path("field-jobs/receipts/new/", round_staff.type_in, name="type-in-receipt"),
    path("field-jobs/phones/", devices.index, name="devices"),
    path("field-jobs/phones/<int:pk>/end/", devices.end, name="end-device"),
    path("field-jobs/hours/<int:pk>/", working_days.edit, name="working-days"),
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
    path("stock/", stock.index, name="stock"),
    path("stock/new/", stock_acts.add, name="add-item"),
    path("stock/of/<str:number>/", stock.customer_panel, name="equipment-panel"),
    path("stock/of/<str:number>/give/", stock_acts.issue, name="issue"),
    path("stock/pieces/<int:pk>/back/", stock_acts.take_back, name="take-back"),
    path("stock/pieces/<int:pk>/charge/", stock_acts.charge, name="charge-piece"),
    path("stock/pieces/<int:pk>/repaired/", corrections.repaired, name="repaired"),
    path("stock/moves/<int:pk>/undo/", corrections.undo, name="undo-move"),
    path("stock/transfers/<int:pk>/back/", corrections.call_back, name="call-back"),
    path("stock/places/<int:pk>/", stock.place, name="place"),
    path("stock/places/<int:pk>/count/", stock_acts.count, name="count"),
    path("stock/<int:pk>/", stock.item, name="item"),
    path("stock/<int:pk>/edit/", stock_acts.edit, name="edit-item"),
    path("stock/<int:pk>/receive/", stock_acts.receive, name="receive"),
    path("stock/<int:pk>/move/", stock_acts.move, name="move-stock"),
    path("stock/<int:pk>/lose/", stock_acts.lose, name="lose"),
]
