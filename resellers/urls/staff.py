"""/admin/resellers/"""

from django.urls import URLPattern, URLResolver

app_name = "staff_resellers"
urlpatterns: list[URLPattern | URLResolver] = []
