from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Comment(models.Model):
    """A word of the conversation that the customer reads; staff's remarks are `TicketNote`."""

    class By(models.TextChoices):
        CUSTOMER = "CUSTOMER", _("Customer")
        RESELLER = "RESELLER", _("Reseller")
        STAFF = "STAFF", _("Staff")
        SYSTEM = "SYSTEM", _("System")

    ticket = models.ForeignKey(
        "tickets.Ticket", on_delete=models.PROTECT, related_name="comments", db_index=False
    )
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    at = models.DateTimeField()
    by = models.CharField(max_length=8, choices=By.choices)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    author_name = models.CharField(max_length=120)  # as it was; the portal shows its first word
    text = models.TextField()
    redacted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="ticket_comment_says_something", condition=~Q(text=""))
        ]
        indexes = [
            models.Index(name="ticket_comment_order", fields=["ticket", "id"]),
            models.Index(name="ticket_comment_of_customer", fields=["customer", "-id"]),
        ]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def is_ours(self) -> bool:
        return self.by in (self.By.STAFF, self.By.SYSTEM)

    @property
    def first_name(self) -> str:
        """The author's first name: customers are told no surnames of staff."""
        return self.author_name.split(" ")[0]


class TicketNote(models.Model):
    """A remark among staff; the portals' role cannot read this table at all."""

    ticket = models.ForeignKey(
        "tickets.Ticket", on_delete=models.PROTECT, related_name="remarks", db_index=False
    )
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    at = models.DateTimeField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    text = models.TextField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="ticket_note_says_something", condition=~Q(text=""))
        ]
        indexes = [models.Index(name="ticket_note_order", fields=["ticket", "id"])]

    def __str__(self) -> str:
        return self.text[:60]


class Attachment(models.Model):
    """A file of a comment, as it may be handed out: a picture is one that we have written anew."""

    comment = models.ForeignKey(Comment, on_delete=models.PROTECT, related_name="attachments")
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()  # bytes
    content = models.BinaryField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="ticket_attachment_has_content", condition=Q(size__gt=0))
        ]
        indexes = [models.Index(name="ticket_attachment_customer", fields=["customer"])]

    def __str__(self) -> str:
        return self.name

    @property
    def is_picture(self) -> bool:
        return self.media_type.startswith("image/")


class CannedReply(models.Model):
    """A reply kept for use again, for all categories or one; placeholders in braces."""

    title = models.CharField(max_length=60)
    text = models.TextField()
    language = models.CharField(max_length=5, default="en")
    category = models.ForeignKey(
        "tickets.Category", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="canned_reply_once", fields=["title", "language"])
        ]
        verbose_name_plural = "canned replies"

    def __str__(self) -> str:
        return self.title
