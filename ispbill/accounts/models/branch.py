from django.db import models


class Branch(models.Model):
    """An office of the company; customers, staff and routers belong to one."""

    code = models.CharField(max_length=12)
    name = models.CharField(max_length=80)
    address = models.TextField(blank=True)
    phone = models.CharField(max_length=32, blank=True)
    manager = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "branches"
        constraints = [
            models.UniqueConstraint(name="branch_code_once", fields=["code"]),
            models.UniqueConstraint(name="branch_name_once", fields=["name"]),
        ]

    def __str__(self) -> str:
        return self.name
