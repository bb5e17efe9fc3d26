"""/technician/"""

from django.urls import URLPattern, URLResolver

app_name = "technician"
urlpatterns: list[URLPattern | URLResolver] = []
