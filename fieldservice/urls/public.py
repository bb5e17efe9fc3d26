"""/job/<word>"""

from django.urls import URLPattern, URLResolver, re_path

from fieldservice.views import public

app_name = "public_fieldservice"
urlpatterns: list[URLPattern | URLResolver] = [
    re_path(r"^job/(?P<word>[\w-]{20,80})/?$", public.job, name="job"),
    re_path(r"^job/(?P<word>[\w-]{20,80})/move/$", public.move, name="move"),
]
