from django.apps import AppConfig


class SoakConfig(AppConfig):
    name = "ispbill.devtools.soak"
    label = "soak"
