"""/admin/customers/, leads, packages, areas."""

from django.urls import URLPattern, URLResolver, path, register_converter

from customers.views import (
    areas,
    bulk,
    bulk_message,
    calls,
    campaigns,
    catalogue,
    customer,
    editing,
    export,
    leads,
    listing,
    packages,
    tax_certificates,
    taxes,
)


class AccountNumber:
    """`CT-2026-00012`, in any case of letters."""

    regex = r"[Cc][Tt]-[0-9]{4}-[0-9]{1,15}"

    def to_python(self, value: str) -> str:
        return value.upper()

    def to_url(self, value: object) -> str:
        return str(value)


register_converter(AccountNumber, "account")

app_name = "staff_customers"
urlpatterns: list[URLPattern | URLResolver] = [
    path("customers/", listing.index, name="index"),
    path("customers/filters/", listing.filter_drawer, name="filters"),
    path("customers/columns/", listing.keep_columns, name="columns"),
    path("customers/views/save/", listing.save_view, name="save-view"),
    path("customers/views/<int:pk>/remove/", listing.remove_view, name="remove-view"),
    path("customers/add/", editing.add, name="add"),
    path("customers/phone-check/", editing.phone_check, name="phone-check"),
    path("customers/bulk/runs/<int:pk>/", bulk.run, name="bulk-run"),
    path("customers/bulk/runs/<int:pk>/file/", bulk.file, name="bulk-file"),
    path("customers/bulk/message/", bulk_message.write, name="bulk-message"),
    path("customers/bulk/<str:what>/", bulk.change, name="bulk"),
    path("calls/", calls.index, name="calls"),
    path("leads/<int:pk>/call/", calls.with_lead, name="call-lead"),
    path("customers/<account:number>/call/", calls.with_customer, name="call"),
    path("campaigns/", campaigns.index, name="campaigns"),
    path("campaigns/add/", campaigns.add, name="add-campaign"),
    path("campaigns/<int:pk>/", campaigns.show, name="campaign"),
    path("campaigns/<int:pk>/edit/", campaigns.edit, name="edit-campaign"),
    path("campaigns/<int:pk>/stop/", campaigns.stop, name="stop-campaign"),
    path("customers/export/<str:file_format>/", export.download, name="export"),
    path("customers/exports/<int:pk>/", export.run, name="export-run"),
    path("customers/exports/<int:pk>/file/", export.file, name="export-file"),
    path("customers/<account:number>/", customer.show, name="customer"),
    path("customers/<account:number>/peek/", customer.peek, name="peek"),
    path("customers/<account:number>/menu/", listing.row_menu, name="row-menu"),
    path("customers/<account:number>/edit/", editing.edit, name="edit"),
    path("customers/<account:number>/archive/", editing.archive, name="archive"),
    path("customers/<account:number>/restore/", editing.restore, name="restore"),
    path("customers/<account:number>/portal-access/", editing.open_portal, name="open-portal"),
    path("customers/<account:number>/timeline/", customer.more, name="timeline"),
    path("customers/<account:number>/notes/", customer.add_note, name="add-note"),
    path("customers/<account:number>/notes/<int:pk>/pin/", customer.pin_note, name="pin-note"),
    path("customers/<account:number>/services/add/", editing.add_service, name="add-service"),
    path(
        "customers/<account:number>/services/<int:line_no>/edit/",
        editing.edit_line,
        name="edit-line",
    ),
    path("leads/", leads.index, name="leads"),
    path("leads/add/", leads.add, name="add-lead"),
    path("leads/<int:pk>/edit/", leads.edit, name="edit-lead"),
    path("leads/<int:pk>/move/", leads.move, name="move-lead"),
    path("packages/", packages.index, name="packages"),
    path("packages/add/", packages.add, name="add-package"),
    path("packages/<int:pk>/edit/", packages.edit, name="edit-package"),
    path("packages/<int:pk>/price/", packages.set_price, name="set-price"),
    path("packages/<int:pk>/archive/", packages.archive, name="archive-package"),
    path("packages/<int:pk>/prices/", packages.history, name="package-prices"),
    path("packages/<int:pk>/price/both/", packages.both_prices, name="both-prices"),
    path("packages/prices/<int:pk>/withdraw/", packages.withdraw_price, name="withdraw-price"),
    path("fees/", catalogue.fees, name="fees"),
    path("fees/add/", catalogue.add_fee, name="add-fee"),
    path("fees/<int:pk>/edit/", catalogue.edit_fee, name="edit-fee"),
    path("fees/<int:pk>/archive/", catalogue.archive_fee, name="archive-fee"),
    path("addons/", catalogue.addons, name="addons"),
    path("addons/add/", catalogue.add_addon, name="add-addon"),
    path("addons/<int:pk>/edit/", catalogue.edit_addon, name="edit-addon"),
    path("addons/<int:pk>/archive/", catalogue.archive_addon, name="archive-addon"),
    path("customers/<account:number>/tax/", tax_certificates.index, name="tax-certificates"),
    path("tax-certificates/<int:pk>/file/", tax_certificates.file, name="tax-certificate-file"),
    path(
        "tax-certificates/<int:pk>/withdraw/",
        tax_certificates.withdraw,
        name="withdraw-tax-certificate",
    ),
    path("taxes/", taxes.index, name="taxes"),
    path("taxes/add/", taxes.add, name="add-tax-class"),
    path("taxes/<int:pk>/edit/", taxes.edit, name="edit-tax-class"),
    path("taxes/<int:pk>/archive/", taxes.archive, name="archive-tax-class"),
    path("taxes/<int:pk>/rate/", taxes.set_rate, name="set-tax-rate"),
    path("taxes/rates/<int:pk>/withdraw/", taxes.withdraw_rate, name="withdraw-tax-rate"),
    path("areas/", areas.index, name="areas"),
    path("areas/add/", areas.add, name="add-area"),
    path("areas/<int:pk>/edit/", areas.edit, name="edit-area"),
    path("areas/<int:pk>/archive/", areas.archive, name="archive-area"),
]
