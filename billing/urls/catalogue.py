"""/admin/ fees charged, add-ons and discounts of services, promotions and price changes."""

from django.urls import URLPattern, URLResolver, path

from billing.changes.views import extras, fees
from billing.pricing.views import discounts, price_changes, promotions

_CUSTOMER = "customers/<str:number>"
_SERVICE = f"{_CUSTOMER}/services/<int:line_no>"
urlpatterns: list[URLPattern | URLResolver] = [
    path(f"{_CUSTOMER}/charge-fee/", fees.charge, name="charge-fee"),
    path(f"{_SERVICE}/extras/", extras.show, name="service-extras"),
    path(f"{_SERVICE}/addons/add/", extras.attach, name="attach-addon"),
    path(f"{_CUSTOMER}/addons/<int:pk>/end/", extras.end, name="end-addon"),
    path(f"{_CUSTOMER}/addons/<int:pk>/quantity/", extras.quantity, name="addon-quantity"),
    path(f"{_SERVICE}/discounts/grant/", discounts.grant, name="grant-discount"),
    path(f"{_SERVICE}/discounts/own/", discounts.grant_own, name="grant-own-discount"),
    path(f"{_CUSTOMER}/discounts/<int:pk>/revoke/", discounts.revoke, name="revoke-discount"),
    path("discounts/", discounts.index, name="discounts"),
    path("promotions/", promotions.index, name="promotions"),
    path("promotions/add/", promotions.add, name="add-promotion"),
    path("promotions/<int:pk>/edit/", promotions.edit, name="edit-promotion"),
    path("promotions/<int:pk>/archive/", promotions.archive, name="archive-promotion"),
    path("price-changes/", price_changes.index, name="price-changes"),
    path("price-changes/add/", price_changes.add, name="add-price-change"),
    path("price-changes/<int:pk>/", price_changes.detail, name="price-change"),
    path("price-changes/<int:pk>/confirm/", price_changes.confirm, name="confirm-price-change"),
    path("price-changes/<int:pk>/cancel/", price_changes.cancel, name="cancel-price-change"),
]
