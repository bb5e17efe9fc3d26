"""/admin/contracts/ and /admin/contract-templates/"""

from django.urls import URLPattern, URLResolver, path, re_path

from contracts.views import agreements, bulk, exports, many, renewing, staff, witness

app_name = "staff_contracts"
urlpatterns: list[URLPattern | URLResolver] = [
    path("contracts/", staff.index, name="index"),
    path("contracts/export/", exports.table, name="export"),
    path("contracts/papers/", exports.bundle, name="papers"),
    path("contracts/bulk/", bulk.draw_up, name="bulk"),
    path("contracts/send/", many.send, name="send-many"),
    path("contracts/renew/", many.renew, name="renew-many"),
    path("contracts/of/<str:number>/", staff.customer_panel, name="customer-panel"),
    path("contracts/new/<str:number>/", staff.draw_up, name="draw-up"),
    path("contracts/<str:number>/", staff.detail, name="detail"),
    path("contracts/<str:number>/send/", staff.send, name="send"),
    path("contracts/<str:number>/link/", staff.send_link, name="send-link"),
    path("contracts/<str:number>/void/", staff.void, name="void"),
    path("contracts/<str:number>/anew/", staff.draw_anew, name="draw-anew"),
    path("contracts/<str:number>/not-renewed/", staff.object_to_renewal, name="not-renewed"),
    path("contracts/<str:number>/renew/", renewing.renew, name="renew"),
    path("contracts/<str:number>/witness/", witness.sign, name="witness"),
    path("contracts/<str:number>/seal/", staff.seal_again, name="seal-again"),
    re_path(
        r"^contracts/(?P<number>[\w-]+)/(?P<which>sent|signed)\.pdf$", staff.paper, name="paper"
    ),
    path("contract-templates/", agreements.index, name="agreements"),
    path("contract-templates/new/", agreements.add, name="add-agreement"),
    path("contract-templates/preview/", agreements.live_preview, name="live-preview"),
    path("contract-templates/<int:pk>/", agreements.edit, name="agreement"),
    path("contract-templates/<int:pk>/default/", agreements.make_default, name="make-default"),
    path("contract-templates/<int:pk>/preview/", agreements.preview, name="preview"),
]
