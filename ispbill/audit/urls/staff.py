"""/admin/ pages of the audit log and the job log."""

from django.urls import URLPattern, URLResolver

app_name = "staff_audit"
urlpatterns: list[URLPattern | URLResolver] = []
