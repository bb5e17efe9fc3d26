from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Notice(models.Model):
    """Something one person should know of, once a fact; it waits in their inbox until it is seen.

    `about` is a number of ours (`TK-2026-00042`), never anybody's name. One that came in a rush of
    its kind stands behind the first of it (`behind`).
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=30)  # in `ispbill.inbox.queries.bells`
    fact = models.CharField(max_length=60)
    about = models.CharField(max_length=40)
    url = models.CharField(max_length=200)
    at = models.DateTimeField()
    behind = models.ForeignKey(
        "self", null=True, on_delete=models.CASCADE, related_name="others", db_index=False
    )
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="notice_once_a_fact", fields=["user", "fact"]),
            models.CheckConstraint(
                name="notice_not_behind_itself",
                condition=Q(behind__isnull=True) | ~Q(behind=F("id")),
            ),
        ]
        indexes = [
            models.Index(
                name="notice_waits", fields=["user", "at"], condition=Q(seen_at__isnull=True)
            ),
            models.Index(name="notice_of_page", fields=["url"], condition=Q(seen_at__isnull=True)),
            models.Index(
                name="notice_behind", fields=["behind"], condition=Q(behind__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.about}"
