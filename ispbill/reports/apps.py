from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "ispbill.reports"
    label = "reports"
