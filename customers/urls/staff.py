"""/admin/customers/, leads, packages, areas."""

from django.urls import URLPattern, URLResolver

app_name = "staff_customers"
urlpatterns: list[URLPattern | URLResolver] = []
