"""The Celery application: queues live in ispbill.settings, the timetable in ispbill.schedule."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ispbill.settings")

app = Celery("ispbill")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule_filename = ".local/beat-schedule"
app.autodiscover_tasks()
