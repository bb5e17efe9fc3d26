from django.apps import AppConfig


class PortalsConfig(AppConfig):
    name = "ispbill.portals"
    label = "portals"
