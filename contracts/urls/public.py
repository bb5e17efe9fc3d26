"""/contract/<word>"""

from django.urls import URLPattern, URLResolver, re_path

from contracts.views import public

app_name = "public_contracts"
urlpatterns: list[URLPattern | URLResolver] = [
    re_path(r"^contract/(?P<word>[0-9a-f]{16}|[0-9a-f]{64})/?$", public.contract, name="contract"),
    re_path(
        r"^contract/(?P<word>[0-9a-f]{16}|[0-9a-f]{64})/paper\.pdf$", public.paper, name="paper"
    ),
]
