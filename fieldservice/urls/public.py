"""/job/<word>"""

from django.urls import URLPattern, URLResolver, re_path

from fieldservice.views import public

app_name = "public_fieldservice"
urlpatterns: list[URLPattern | URLResolver] = [
    re_path(r"^job/(?P<word>[0-9a-f]{32})/?$", public.job, name="job")
]
