from django.apps import AppConfig


class BenchConfig(AppConfig):
    name = "ispbill.devtools.bench"
    label = "bench"
