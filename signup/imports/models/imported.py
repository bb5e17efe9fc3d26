from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Import(models.Model):
    """Customers who come from another system in one file: how it is read, and how far it is.

    `content` is the file as it came, until it has been taken apart. `touched_at` is the machine's
    own moment of the last row: who is silent for long is taken up again by the sweep.
    """

    class System(models.TextChoices):
        PLAIN = "PLAIN", _("A plain sheet")
        SPLYNX = "SPLYNX", "Splynx"
        PHPNUXBILL = "PHPNUXBILL", "PHPNuxBill"
        UISP = "UISP", "UISP CRM"

    class Kind(models.TextChoices):
        CUSTOMERS = "CUSTOMERS", _("Customers and their services")
        ORDERS = "ORDERS", _("Orders, as history")
        PAYMENTS = "PAYMENTS", _("Payments, as history")
        BILLS = "BILLS", _("Bills, as history")

    class State(models.TextChoices):
        UPLOADED = "UPLOADED", _("Columns to be named")
        CHECKING = "CHECKING", _("Being checked")
        CHECKED = "CHECKED", _("Checked")
        RUNNING = "RUNNING", _("Being taken in")
        DONE = "DONE", _("Taken in")
        STARTING = "STARTING", _("Going live")
        LIVE = "LIVE", _("Live")
        UNDOING = "UNDOING", _("Being undone")
        UNDONE = "UNDONE", _("Undone")

    name = models.CharField(max_length=160)  # of the file
    system = models.CharField(max_length=10, choices=System.choices, default=System.PLAIN)
    kind = models.CharField(max_length=9, choices=Kind.choices, default=Kind.CUSTOMERS)
    content = models.BinaryField(default=bytes)  # sealed
    encoding = models.CharField(max_length=10)
    delimiter = models.CharField(max_length=1)
    columns = ArrayField(models.CharField(max_length=120))
    mapping = models.JSONField(default=dict)  # field → column, from 0
    words = models.JSONField(default=dict)  # {"package": {their word: id}, "area": {…}}
    date_format = models.CharField(max_length=12, default="YYYY-MM-DD")
    decimal_mark = models.CharField(max_length=1, default=".")
    area = models.ForeignKey(
        "customers.Area", null=True, on_delete=models.PROTECT, related_name="+"
    )  # of rows that name none
    package = models.ForeignKey(
        "customers.Package", null=True, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.UPLOADED)
    error = models.CharField(max_length=300, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()
    touched_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)  # of the act that is under way
    acted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    done_at = models.DateTimeField(null=True)
    live_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                name="import_at_work",
                fields=["touched_at"],
                condition=Q(state__in=["CHECKING", "RUNNING", "STARTING", "UNDOING"]),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_history(self) -> bool:
        """Tell whether its rows are to be read only: nothing of them goes live."""
        return self.kind != self.Kind.CUSTOMERS

    @property
    def is_at_work(self) -> bool:
        return self.state in AT_WORK


AT_WORK = (Import.State.CHECKING, Import.State.RUNNING, Import.State.STARTING, Import.State.UNDOING)


class ImportRow(models.Model):
    """One row of a file: what stands in it, what is wrong with it, and what was made of it.

    A national id stands in `cells` sealed, and goes once the row is taken in. A customer of another
    system is taken in once, however often a file names them: `source_id`
    and `service_key` of what stands are unique within a system.
    """

    class State(models.TextChoices):
        READY = "READY", _("Ready")
        REFUSED = "REFUSED", _("Not possible")
        SAME = "SAME", _("Taken in before")
        CHANGED = "CHANGED", _("Changed since")
        SKIPPED = "SKIPPED", _("Left out")
        MADE = "MADE", _("Taken in")
        LIVE = "LIVE", _("Live")
        UNDONE = "UNDONE", _("Undone")

    batch = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="rows")
    row_no = models.PositiveIntegerField()  # of the file, the head is 1
    cells = ArrayField(models.TextField())
    system = models.CharField(max_length=10, choices=Import.System.choices)
    kind = models.CharField(
        max_length=9, choices=Import.Kind.choices, default=Import.Kind.CUSTOMERS
    )
    source_id = models.CharField(max_length=80, blank=True)
    service_key = models.CharField(max_length=120, blank=True)
    digest = models.CharField(max_length=64, blank=True)  # of what the row says, as it is read
    state = models.CharField(max_length=8, choices=State.choices)
    problems = models.JSONField(default=list)  # [column, code, message in English]
    customer = models.ForeignKey(
        "customers.Customer", null=True, on_delete=models.PROTECT, related_name="+"
    )
    subscription = models.ForeignKey(
        "customers.Subscription", null=True, on_delete=models.PROTECT, related_name="+"
    )
    lead = models.ForeignKey(
        "customers.Lead", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    record = models.ForeignKey(
        "signup.LegacyRecord", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    invoice = models.ForeignKey(
        "billing.Invoice", null=True, on_delete=models.PROTECT, related_name="+"
    )  # of the debt it came with
    payment = models.ForeignKey(
        "billing.Payment", null=True, on_delete=models.PROTECT, related_name="+"
    )  # of the credit it came with
    made_at = models.DateTimeField(null=True)
    kept_why = models.CharField(max_length=200, blank=True)  # an undo left it: touched since

    class Meta:
        constraints = [
            models.UniqueConstraint(name="import_row_once", fields=["batch", "row_no"]),
            models.UniqueConstraint(
                name="import_source_once",
                fields=["system", "kind", "source_id", "service_key"],
                condition=Q(state__in=["MADE", "LIVE"]),
            ),
        ]
        indexes = [
            models.Index(name="import_row_state", fields=["batch", "state", "row_no"]),
            models.Index(name="import_row_source", fields=["system", "source_id"]),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}: {self.row_no}"
