from django.apps import AppConfig

# Web processes publish tasks too, so the Celery application must exist before the first one does.
# (It is not imported in ispbill/__init__.py: the bootstrap runs before Celery is installed.)
from ispbill.celery import app as celery_app

__all__ = ["CoreConfig", "celery_app"]


class CoreConfig(AppConfig):
    name = "ispbill.core"
    label = "core"
    verbose_name = "Core"
