from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "ispbill.demo"
    label = "demo"
