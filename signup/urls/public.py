"""/signup, its steps, and /signup/<word>: where an order stands"""

from django.urls import URLPattern, URLResolver, re_path

from signup.views import public, public_order

app_name = "public_signup"
_WORD = r"(?P<word>[0-9a-f]{32})"
urlpatterns: list[URLPattern | URLResolver] = [
    re_path(r"^signup/?$", public.begin, name="begin"),
    re_path(r"^signup/by/(?P<code>[\w.-]{1,64})/?$", public.by_reseller, name="by-reseller"),
    re_path(rf"^signup/{_WORD}/?$", public_order.order, name="order"),
    re_path(rf"^signup/{_WORD}/yes/$", public_order.take_up, name="take-up"),
    re_path(rf"^signup/{_WORD}/(?P<name>[a-z]+)/$", public.step, name="step"),
]
