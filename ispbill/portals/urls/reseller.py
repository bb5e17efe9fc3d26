"""/reseller-portal/"""

from django.urls import URLPattern, URLResolver

app_name = "reseller"
urlpatterns: list[URLPattern | URLResolver] = []
