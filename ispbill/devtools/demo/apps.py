from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "ispbill.devtools.demo"
    label = "demo"
