from django.db import models
from django.utils.translation import gettext_lazy as _


class JobRun(models.Model):
    """One run of a job: when, by whom, how far, with what outcome."""

    class Status(models.TextChoices):
        RUNNING = "RUNNING", _("Running")
        COMPLETED = "COMPLETED", _("Succeeded")
        PARTIAL = "PARTIAL", _("Partial")
        FAILED = "FAILED", _("Failed")
        CANCELLED = "CANCELLED", _("Cancelled")

    class Trigger(models.TextChoices):
        SCHEDULE = "SCHEDULE", _("Schedule")
        MANUAL = "MANUAL", _("By hand")
        COMMAND = "COMMAND", _("Command line")
        EVENT = "EVENT", _("Event")

    job = models.CharField(max_length=60)
    trigger = models.CharField(max_length=10, choices=Trigger.choices, default=Trigger.SCHEDULE)
    scheduled_for = models.DateTimeField(null=True)
    started_at = models.DateTimeField()
    heartbeat_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.RUNNING)
    total = models.PositiveIntegerField(null=True)
    processed = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    step = models.CharField(max_length=120, blank=True)  # what it is doing now
    detail = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    started_by_id = models.BigIntegerField(null=True)
    started_by_name = models.CharField(max_length=120, blank=True)
    duration = models.GeneratedField(
        expression=models.F("finished_at") - models.F("started_at"),
        output_field=models.DurationField(),
        db_persist=True,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="job_run_once_per_schedule",
                fields=["job", "scheduled_for"],
                condition=models.Q(scheduled_for__isnull=False),
            ),
            models.CheckConstraint(
                name="job_run_finished_unless_running",
                condition=models.Q(status="RUNNING", finished_at__isnull=True)
                | (~models.Q(status="RUNNING") & models.Q(finished_at__isnull=False)),
            ),
        ]
        indexes = [models.Index(name="job_run_latest", fields=["job", "-started_at"])]

    def __str__(self) -> str:
        return f"{self.job} {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def is_running(self) -> bool:
        return self.status == self.Status.RUNNING


class JobRunProblem(models.Model):
    """One item a run could not do, with the reason, so that it can be shown and retried."""

    run = models.ForeignKey(JobRun, on_delete=models.CASCADE, related_name="problems")
    item_type = models.CharField(max_length=40)
    item_id = models.BigIntegerField()
    item_label = models.CharField(max_length=160)
    message = models.TextField()
    is_resolved = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="job_run_problem_once_per_item", fields=["run", "item_type", "item_id"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.item_label}: {self.message}"
