"""/admin/messages/"""

from django.urls import URLPattern, URLResolver, path

from ispbill.notifications.views import bounces, costs, outbox, providers, wordings

_TEXT = "messages/templates/<slug:event>/<slug:channel>/<slug:language>/"

app_name = "staff_notifications"
urlpatterns: list[URLPattern | URLResolver] = [
    path("messages/", outbox.index, name="outbox"),
    path("messages/<int:pk>/", outbox.detail, name="message"),
    path("messages/<int:pk>/resend/", outbox.resend, name="resend"),
    path("messages/<int:pk>/cancel/", outbox.cancel, name="cancel"),
    path("messages/customer/<str:number>/", outbox.customer_panel, name="customer-panel"),
    path("messages/invoice/<str:number>/", outbox.invoice_panel, name="invoice-panel"),
    path("messages/costs/", costs.index, name="costs"),
    path("messages/costs/new/", costs.add, name="add-price"),
    path("messages/costs/<int:pk>/remove/", costs.remove, name="remove-price"),
    path("messages/returned/", bounces.index, name="returned"),
    path("messages/returned/<int:pk>/lift/", bounces.lift, name="lift-bounce"),
    path("messages/providers/", providers.index, name="providers"),
    path("messages/providers/<slug:kind>/", providers.edit, name="edit-provider"),
    path("messages/providers/<slug:kind>/switch/", providers.switch, name="switch-provider"),
    path("messages/providers/<slug:kind>/test/", providers.test, name="test-provider"),
    path("messages/providers/<slug:kind>/send/", providers.send_test, name="send-test"),
    path("messages/settings/", wordings.settings, name="settings"),
    path("messages/templates/", wordings.index, name="wordings"),
    path(_TEXT, wordings.edit, name="wording"),
    path(f"{_TEXT}preview/", wordings.preview, name="wording-preview"),
    path(f"{_TEXT}test/", wordings.send_to_me, name="wording-test"),
    path(f"{_TEXT}reset/", wordings.reset, name="wording-reset"),
]
