"""The composition root: which addresses exist (spec: docs/addresses.md)."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from ispbill.accounts.views import own_account, sign_in

handler403 = "ispbill.portals.views.errors.refused"
handler404 = "ispbill.portals.views.errors.missing"
handler500 = "ispbill.portals.views.errors.broken"

# In production the tools are not even imported.
_simulators = (
    [
        path("sim/", include("ispbill.devtools.simulators.urls")),
        path("admin/parts/", include("ispbill.devtools.simulators.part_urls")),
    ]
    if settings.SIMULATORS
    else []
)

urlpatterns = [
    path("", include("ispbill.portals.urls.public")),
    path("", include("ispbill.accounts.urls.public")),
    path("", include("ispbill.portals.urls.health")),
    path("", include("payments.urls.public")),
    path("", include("ispbill.notifications.urls.hooks")),
    path("", include("ispbill.notifications.urls.own")),
    path("", include("fieldservice.urls.public")),
    path("", include("tickets.urls.public")),
    path("", include("signup.urls.public")),
    path("", include("contracts.urls.public")),
    path("admin/", include("customers.urls.staff")),  # asked for most: patterns are tried in turn
    path("admin/", include("ispbill.portals.urls.staff")),
    path("admin/", include("ispbill.accounts.urls.staff")),
    path("admin/", include("ispbill.portals.urls.audit")),
    path("admin/", include("ispbill.reports.urls.books")),
    path("admin/", include("ispbill.notifications.urls.staff")),
    path("admin/", include("network.urls.staff")),
    path("admin/", include("billing.urls.staff")),
    path("admin/", include("payments.urls.staff")),
    path("admin/", include("tickets.urls.staff")),
    path("admin/", include("resellers.urls.staff")),
    path("admin/", include("contracts.urls.staff")),
    path("admin/", include("fieldservice.urls.staff")),
    path("admin/", include("signup.urls.staff")),
    path("admin/", include("churn.urls.staff")),
    path("admin/", include("ispbill.reports.urls.staff")),
    path("admin/", include("ispbill.upkeep.urls.staff")),
    path("admin/", include("ispbill.api.urls.staff")),
    path("admin/", include("ispbill.webhooks.urls.staff")),
    path("api/", include("ispbill.api.urls.public")),
    path("portal/", include("ispbill.portals.urls.customer")),
    path("portal/", include("billing.urls.portal")),
    path("portal/", include("ispbill.api.urls.portal")),
    path("reseller-portal/", include("ispbill.portals.urls.reseller")),
    path("reseller-portal/", include("billing.urls.reseller")),
    path("technician/", include("ispbill.portals.urls.technician")),
    path("technician/", include("fieldservice.urls.technician")),
    path("technician/contracts/", include("contracts.urls.technician")),
    *_simulators,
    # Django's own sign-in knows no throttle and no second factor, and its change of the password
    # counts no wrong ones; ours stand before them.
    path("django-admin/login/", sign_in.django_admin_login, name="django-admin-login"),
    path(
        "django-admin/password_change/",
        own_account.django_admin_password,
        name="django-admin-password",
    ),
    path("django-admin/", admin.site.urls),
]
