"""Files of typed usage as their pages show them."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from ispbill.accounts.access import branch_scope
from ispbill.accounts.models import User
from network.usage.models import UsageFile, UsageFileRow
from network.usage.rules import sizes

FILES_SHOWN, ROWS_SHOWN = 12, 200


def visible_to(user: User) -> QuerySet[UsageFile]:
    """Return the files a member of staff may see: one of a branch sees the own ones."""
    found = UsageFile.objects.select_related("uploaded_by")
    return found if branch_scope(user) is None else found.filter(uploaded_by=user)


def latest(user: User) -> list[UsageFile]:
    """Return the newest files with how many of their rows are good and bad."""
    counted = visible_to(user).annotate(
        good=Count("rows", filter=Q(rows__problem="")),
        bad=Count("rows", filter=~Q(rows__problem="")),
    )
    return list(counted.order_by("-pk")[:FILES_SHOWN])


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A file's rows: how many of each kind, what is wrong, and the first good ones."""

    good: int
    gb: Decimal
    bad: list[UsageFileRow]
    bad_count: int
    rows: list[UsageFileRow]
    outcomes: dict[str, int]


def picture(file: UsageFile) -> Picture:
    """Return what is shown of a file."""
    good, bad = file.rows.filter(problem=""), file.rows.exclude(problem="")
    sums = good.aggregate(
        n=Count("pk"), size=Sum("upload_bytes", default=0) + Sum("download_bytes", default=0)
    )
    counted = good.exclude(outcome="").order_by().values_list("outcome").annotate(Count("pk"))
    customers = good.select_related("subscription__customer")
    return Picture(
        good=sums["n"],
        gb=sizes.gigabytes(int(sums["size"])),
        bad=list(bad.order_by("row_no")[:ROWS_SHOWN]),
        bad_count=bad.count(),
        rows=list(customers.order_by("row_no")[:ROWS_SHOWN]),
        outcomes={str(UsageFileRow.Outcome(name).label): n for name, n in counted},
    )
