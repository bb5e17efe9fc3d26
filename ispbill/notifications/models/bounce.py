from django.db import models
from django.db.models import Q


class Bounce(models.Model):
    """That a mail server could not deliver to an address; a final one ends e-mail to it.

    Staff may lift it, when the customer says that the mailbox is there again.
    """

    address = models.EmailField()  # in small letters
    status = models.CharField(max_length=12)  # RFC 3463: 5.1.1
    reason = models.CharField(max_length=300, blank=True)
    is_final = models.BooleanField()
    bounced_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="bounce_one_in_force",
                fields=["address"],
                condition=Q(is_final=True, lifted_at=None),
            )
        ]
        indexes = [models.Index(name="bounce_address", fields=["address", "bounced_at"])]

    def __str__(self) -> str:
        return f"{self.address}: {self.status}"
