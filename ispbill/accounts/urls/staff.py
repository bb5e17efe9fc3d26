"""/admin/ pages about staff, branches and sessions."""

from django.urls import URLPattern, URLResolver

app_name = "staff_accounts"
urlpatterns: list[URLPattern | URLResolver] = []
