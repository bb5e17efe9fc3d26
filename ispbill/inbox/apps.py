from django.apps import AppConfig


class InboxConfig(AppConfig):
    name = "ispbill.inbox"
    label = "inbox"
