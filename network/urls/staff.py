"""/admin/network/"""

from django.urls import URLPattern, URLResolver

app_name = "staff_network"
urlpatterns: list[URLPattern | URLResolver] = []
