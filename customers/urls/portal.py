"""/portal/: the customer's own contacts and wishes. Names belong to `portal`."""

from django.urls import URLPattern, URLResolver, path

from customers.views import portal_details

urlpatterns: list[URLPattern | URLResolver] = [
    path("details/", portal_details.show, name="details"),
    path("details/code/", portal_details.prove, name="prove-contact"),
    path("details/email/remove/", portal_details.remove_email, name="remove-email"),
    path("details/<slug:kind>/", portal_details.contact, name="contact"),
]
