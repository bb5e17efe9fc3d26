"""/admin/orders/, and a lead's last step"""

from django.urls import URLPattern, URLResolver, path

from signup.views import leads, staff

app_name = "staff_signup"
urlpatterns: list[URLPattern | URLResolver] = [
    path("orders/", staff.index, name="orders"),
    path("orders/papers/<int:pk>/", staff.paper, name="paper"),
    path("orders/<str:number>/", staff.detail, name="order"),
    path("orders/<str:number>/accept/", staff.accept, name="accept"),
    path("orders/<str:number>/<slug:what>/", staff.decide, name="decide"),
    path("leads/<int:pk>/convert/", leads.convert, name="convert-lead"),
]
