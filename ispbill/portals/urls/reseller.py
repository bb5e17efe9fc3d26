"""/reseller-portal/"""

from django.urls import URLPattern, URLResolver, path

from ispbill.portals.views import reseller

app_name = "reseller"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", reseller.dashboard, name="dashboard"),
    path("customers/", reseller.customers, name="customers"),
]
