from django.db import models
from django.utils.translation import gettext_lazy as _

from ispbill.audit.rules import job_titles


class JobRun(models.Model):
    """One run of a job: when, by whom, how far, with what outcome.

    A run of the timetable has a slot (`scheduled_for`) and is one row however often it is tried:
    it waits, is claimed by a worker, and waits again when it erred or died
    (`ispbill.audit.services.slots`). `fence` grows with every claim; a worker with an older one
    writes nothing any more. `next_attempt_at` and `queued_at` are the database's time, everything
    else the company's.
    """

    class Status(models.TextChoices):
        WAITING = "WAITING", _("Waiting for a worker")
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
    attempt = models.PositiveSmallIntegerField(default=0)
    deaths = models.PositiveSmallIntegerField(default=0)  # in a row, without a word
    fence = models.PositiveIntegerField(default=0)
    holder = models.CharField(max_length=120, blank=True)  # host and process
    next_attempt_at = models.DateTimeField(null=True)
    queued_at = models.DateTimeField(null=True)
    deadline_at = models.DateTimeField(null=True)
    alarmed_at = models.DateTimeField(null=True)  # when people were told that it failed
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
                condition=models.Q(status__in=["RUNNING", "WAITING"], finished_at__isnull=True)
                | (
                    ~models.Q(status__in=["RUNNING", "WAITING"])
                    & models.Q(finished_at__isnull=False)
                ),
            ),
            models.UniqueConstraint(
                name="job_run_one_of_a_job_at_a_time",
                fields=["job"],
                condition=models.Q(status="RUNNING", scheduled_for__isnull=False),
            ),
            models.CheckConstraint(
                name="job_run_waits_for_its_slot",
                condition=~models.Q(status="WAITING")
                | models.Q(scheduled_for__isnull=False, next_attempt_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(name="job_run_latest", fields=["job", "-started_at"]),
            models.Index(
                name="job_run_open",
                fields=["status"],
                condition=models.Q(status__in=["RUNNING", "WAITING"]),
            ),
            models.Index(
                name="job_run_untold",
                fields=["id"],
                condition=models.Q(
                    status="FAILED", scheduled_for__isnull=False, alarmed_at__isnull=True
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.job} {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def title(self) -> str:
        """The job's name in words."""
        return job_titles.title(self.job)

    @property
    def is_running(self) -> bool:
        return self.status == self.Status.RUNNING


class JobBeat(models.Model):
    """The latest sign of life of a run, by the database's clock.

    A row of its own: the run's is locked while a chunk of the job reads its fence, and a heart must
    beat then too.
    """

    run = models.OneToOneField(
        JobRun, primary_key=True, on_delete=models.CASCADE, related_name="beat"
    )
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.run_id} at {self.at}"


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
