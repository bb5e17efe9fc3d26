"""/admin/messages/"""

from django.urls import URLPattern, URLResolver

app_name = "staff_notifications"
urlpatterns: list[URLPattern | URLResolver] = []
