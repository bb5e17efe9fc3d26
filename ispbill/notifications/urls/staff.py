"""/admin/messages/"""

from django.urls import URLPattern, URLResolver, path

from ispbill.notifications.views import outbox, wordings

_TEXT = "messages/templates/<slug:event>/<slug:channel>/<slug:language>/"

app_name = "staff_notifications"
urlpatterns: list[URLPattern | URLResolver] = [
    path("messages/", outbox.index, name="outbox"),
    path("messages/<int:pk>/", outbox.detail, name="message"),
    path("messages/<int:pk>/resend/", outbox.resend, name="resend"),
    path("messages/<int:pk>/cancel/", outbox.cancel, name="cancel"),
    path("messages/customer/<str:number>/", outbox.customer_panel, name="customer-panel"),
    path("messages/invoice/<str:number>/", outbox.invoice_panel, name="invoice-panel"),
    path("messages/settings/", wordings.settings, name="settings"),
    path("messages/templates/", wordings.index, name="wordings"),
    path(_TEXT, wordings.edit, name="wording"),
    path(f"{_TEXT}preview/", wordings.preview, name="wording-preview"),
    path(f"{_TEXT}test/", wordings.send_to_me, name="wording-test"),
    path(f"{_TEXT}reset/", wordings.reset, name="wording-reset"),
]
