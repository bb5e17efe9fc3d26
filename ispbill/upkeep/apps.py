from django.apps import AppConfig


class UpkeepConfig(AppConfig):
    name = "ispbill.upkeep"
    label = "upkeep"
