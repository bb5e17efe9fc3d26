"""/sim/ control pages (only while SIMULATORS=1)."""

from django.urls import URLPattern, URLResolver

app_name = "sim"
urlpatterns: list[URLPattern | URLResolver] = []
