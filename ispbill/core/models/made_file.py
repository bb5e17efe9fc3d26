from django.db import models
from django.utils.translation import gettext_lazy as _


class MadeFile(models.Model):
    """A file somebody has asked for and a worker makes: the row is the request and its outcome.

    The worker is only woken; `ispbill.core.made_files` has the steps all such files share.
    """

    class State(models.TextChoices):
        REQUESTED = "REQUESTED", _("Being prepared")
        READY = "READY", _("Ready")
        FAILED = "FAILED", _("Failed")

    state = models.CharField(max_length=10, choices=State.choices, default=State.REQUESTED)
    path = models.CharField(max_length=160, blank=True)  # below MEDIA_ROOT
    requested_at = models.DateTimeField()
    made_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True

    @property
    def is_ready(self) -> bool:
        return self.state == self.State.READY

    @property
    def is_failed(self) -> bool:
        return self.state == self.State.FAILED
