from importlib import import_module

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "ispbill.notifications"
    label = "notifications"

    def ready(self) -> None:
        import_module("ispbill.notifications.receivers")
