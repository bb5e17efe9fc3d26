from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "ispbill.audit"
    label = "audit"
