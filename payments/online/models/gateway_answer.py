"""What gateways answered in the first weeks after they went live, without anything of anybody's."""

from django.db import models

from payments.online.models.gateway import GatewayAccount


class GatewayAnswer(models.Model):
    """One form of an answer: fields, types, formats, states and codes, and how often it came.

    `news` are the parts of it that were never seen before. Forgotten some time after it came last.
    """

    account = models.ForeignKey(GatewayAccount, on_delete=models.PROTECT, related_name="answers")
    operation = models.CharField(max_length=40)  # what was asked, or "notice"
    status = models.PositiveSmallIntegerField()  # of HTTP; 0 for a notice
    fingerprint = models.CharField(max_length=64)
    shape = models.JSONField()
    news = models.JSONField(default=list)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="gateway_answer_once", fields=["account", "operation", "fingerprint"]
            )
        ]
        indexes = [models.Index(name="gateway_answer_last", fields=["last_at"])]

    def __str__(self) -> str:
        return f"{self.operation} {self.status}"
