"""/admin/churn/"""

from django.urls import URLPattern, URLResolver

app_name = "staff_churn"
urlpatterns: list[URLPattern | URLResolver] = []
