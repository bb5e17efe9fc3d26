"""The Celery application: queues live in ispbill.settings, the timetable in ispbill.schedule."""

import os
from datetime import timedelta

from celery import Celery

from ispbill.schedule import TIMETABLE

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ispbill.settings")

app = Celery("ispbill", task_cls="ispbill.core.remaking:UndisturbingTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule_filename = ".local/beat-schedule"
app.autodiscover_tasks()
# Beat only knows intervals; jobs with slots are started by the timekeeper, which knows the
# company's clock (ispbill.audit.services.timekeeper).
app.conf.beat_schedule = {
    "timekeeper": {
        "task": "audit.keep_time",
        "schedule": timedelta(seconds=20),
        "options": {"expires": 20},
    },
    **{
        row.job: {
            "task": row.task,
            "schedule": row.every,
            "options": {"expires": row.every.total_seconds()},
        }
        for row in TIMETABLE
        if row.every is not None
    },
}
