from django.apps import AppConfig


class BenchConfig(AppConfig):
    name = "ispbill.bench"
    label = "bench"
