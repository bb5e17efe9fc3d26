from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Mailbox(models.Model):
    """A mailbox customers write to, read by IMAP. `sealed_password` is never shown again.

    `last_uid` is the newest mail taken of the folder as `uid_validity` names it (RFC 3501, 2.3.1):
    mail that was there before the mailbox was connected is left alone.
    """

    class Security(models.TextChoices):
        TLS = "TLS", "TLS"
        STARTTLS = "STARTTLS", "STARTTLS"
        NONE = "NONE", _("None")

    address = models.EmailField()  # what customers write to, and answers go back to
    host = models.CharField(max_length=200)
    port = models.PositiveIntegerField(default=993)
    security = models.CharField(max_length=8, choices=Security.choices, default=Security.TLS)
    username = models.CharField(max_length=200)
    sealed_password = models.TextField()
    folder = models.CharField(max_length=100, default="INBOX")
    category = models.ForeignKey("tickets.Category", on_delete=models.PROTECT, related_name="+")
    is_active = models.BooleanField(default=False)
    uid_validity = models.BigIntegerField(null=True)
    last_uid = models.BigIntegerField(default=0)
    read_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="mailbox_once", fields=["address"]),
            models.CheckConstraint(
                name="mailbox_port_exists", condition=Q(port__gte=1, port__lte=65535)
            ),
        ]
        verbose_name_plural = "mailboxes"

    def __str__(self) -> str:
        return self.address


class InboundMail(models.Model):
    """An e-mail as it came, kept before anything is made of it, and what was made of it.

    `raw` is the whole mail, of one that is too large its head alone.
    """

    class State(models.TextChoices):
        NEW = "NEW", _("New")
        TAKEN = "TAKEN", _("Taken")
        NOTED = "NOTED", _("Noted at a ticket")
        MACHINE = "MACHINE", _("Automatic")
        STRANGER = "STRANGER", _("From a stranger")
        HELD = "HELD", _("Too many at once")
        TOO_LARGE = "TOO_LARGE", _("Too large")
        PARKED = "PARKED", _("Not readable")
        ANSWERED = "ANSWERED", _("Answered")
        LEAD = "LEAD", _("Made a lead")
        DISCARDED = "DISCARDED", _("Discarded")

    mailbox = models.ForeignKey(
        Mailbox, on_delete=models.PROTECT, related_name="mails", db_index=False
    )
    uid_validity = models.BigIntegerField()
    uid = models.BigIntegerField()
    message_id = models.CharField(max_length=255)  # its own, or what its bytes come to
    sender = models.CharField(max_length=254, blank=True)
    sender_name = models.CharField(max_length=120, blank=True)
    subject = models.CharField(max_length=255, blank=True)
    size = models.PositiveIntegerField()  # bytes, of the whole
    raw = models.BinaryField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.NEW)
    why = models.CharField(max_length=300, blank=True)  # in English: a header, an error
    tries = models.PositiveSmallIntegerField(default=0)
    received_at = models.DateTimeField()
    customer = models.ForeignKey(
        "customers.Customer", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    ticket = models.ForeignKey(
        "tickets.Ticket", null=True, on_delete=models.PROTECT, related_name="mails"
    )
    comment = models.OneToOneField(
        "tickets.Comment", null=True, on_delete=models.PROTECT, related_name="mail"
    )
    lead = models.ForeignKey(
        "customers.Lead", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    is_from_stranger = models.BooleanField(default=False)  # added to a ticket, by an unknown sender
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="inbound_mail_place_once", fields=["mailbox", "uid_validity", "uid"]
            ),
            models.UniqueConstraint(name="inbound_mail_once", fields=["message_id"]),
        ]
        indexes = [
            models.Index(name="inbound_mail_folder", fields=["state", "-id"]),
            models.Index(name="inbound_mail_sender", fields=["sender", "received_at"]),
            models.Index(name="inbound_mail_customer", fields=["customer"]),
        ]

    def __str__(self) -> str:
        return f"{self.sender}: {self.subject}"

    @property
    def waits(self) -> bool:
        """Tell whether somebody has to decide about it."""
        return self.state in WAITING


WAITING = (
    InboundMail.State.STRANGER,
    InboundMail.State.HELD,
    InboundMail.State.TOO_LARGE,
    InboundMail.State.PARKED,
)
