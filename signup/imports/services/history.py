"""Orders, payments and bills of the former system are kept to be read: no money moves by them."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass

from django.db import transaction

from customers.models import Customer
from customers.queries import merges
from ispbill.accounts.models import User
from ispbill.core.acts import Act
from ispbill.core.marking import gettext_noop
from signup.imports.models import Import, ImportRow
from signup.imports.queries.known import Known
from signup.imports.rules import history
from signup.imports.rules.history import Entry
from signup.imports.rules.reading import Problem, Way
from signup.legacy.models import LegacyRecord

State = ImportRow.State
KINDS = {
    Import.Kind.ORDERS: LegacyRecord.Kind.ORDER,
    Import.Kind.PAYMENTS: LegacyRecord.Kind.PAYMENT,
    Import.Kind.BILLS: LegacyRecord.Kind.BILL,
}


@dataclass(frozen=True)
class JudgedEntry:
    """A row of history with what it comes to; `service_key` is none, as for rows of customers."""

    said: Entry
    state: str
    problems: tuple[Problem, ...] = ()
    customer_id: int | None = None
    service_key: str = ""

    @property
    def kept_problems(self) -> list[list[str]]:
        """Return what is wrong, as a row keeps it."""
        return [list(astuple(one)) for one in self.problems]


def judge(batch: Import, rows: Sequence[list[str]], known: Known) -> list[JudgedEntry]:
    """Read and judge some rows by what is here now; `known` learns of them."""
    way = Way(batch.system, batch.mapping, batch.date_format, batch.decimal_mark)
    said = [history.read(cells, way, batch.kind) for cells in rows]
    owners = _owners(batch.system, {one.customer for one in said if one.customer})
    standing = _standing(batch, [one.source_id for one in said])
    return [_judge(batch, one, owners, standing, known) for one in said]


@transaction.atomic
def make(batch: Import, pk: int, known: Known, *, act: Act[User]) -> None:
    """Keep what one row says; it is judged once more before."""
    row = ImportRow.objects.select_for_update(of=("self",)).get(pk=pk)
    if row.state != State.READY:
        return
    known.sources.discard(row.source_id)
    [judged] = judge(batch, [row.cells], known)
    if judged.state != State.READY:
        row.state, row.problems = judged.state, judged.kept_problems
        row.save(update_fields=["state", "problems"])
        return
    said, owner = judged.said, judged.customer_id
    row.record = LegacyRecord.objects.create(
        kind=KINDS[Import.Kind(batch.kind)],
        system=batch.system,
        source_id=said.source_id,
        customer_id=owner,
        matched_by=LegacyRecord.Match.SOURCE if owner is not None else "",
        matched_at=act.at if owner is not None else None,
        name=said.name,
        phone=said.phone,
        email=said.email,
        address=said.address,
        area=said.area,
        package=said.package,
        status=said.status,
        note=said.note,
        on=said.on,
        amount=said.amount,
        taken_in_at=act.at,
    )
    row.state, row.made_at = State.MADE, act.at
    row.save(update_fields=["state", "made_at", "record"])


def _judge(
    batch: Import, said: Entry, owners: dict[str, int], standing: dict[str, str], known: Known
) -> JudgedEntry:
    if said.source_id in standing:
        is_same = standing[said.source_id] == said.digest
        return JudgedEntry(said, State.SAME if is_same else State.CHANGED)
    found = list(said.problems)
    if said.source_id in known.sources:
        found.append(Problem("", "duplicate_in_file", gettext_noop("The file has this twice.")))
    known.sources.add(said.source_id)
    owner = owners.get(said.customer)
    if said.customer and owner is None and batch.kind != Import.Kind.ORDERS:
        text = gettext_noop("There is no such customer here.")
        found.append(Problem("customer", "unknown_customer", text))
    state = State.REFUSED if found else State.READY
    return JudgedEntry(said, state, tuple(found), owner)


def _owners(system: str, names: set[str]) -> dict[str, int]:
    """Return who each name is: an id of an earlier import, or an account number."""
    numbers = {name.upper(): name for name in names}
    rows = Customer.objects.filter(number__in=list(numbers)).select_related("merged_into")
    found = {numbers[row.number]: merges.survivor(row).pk for row in rows}
    taken_in = ImportRow.objects.filter(
        system=system,
        kind=Import.Kind.CUSTOMERS,
        source_id__in=list(names),
        state__in=[State.MADE, State.LIVE],
        customer__isnull=False,
    )
    for source_id, customer_id in taken_in.values_list("source_id", "customer"):
        if customer_id is not None:
            found[source_id] = customer_id
    return found


def _standing(batch: Import, ids: list[str]) -> dict[str, str]:
    """Return what was taken in before: number there → fingerprint."""
    rows = ImportRow.objects.filter(
        system=batch.system, kind=batch.kind, source_id__in=ids, state=State.MADE
    )
    return dict(rows.values_list("source_id", "digest"))
