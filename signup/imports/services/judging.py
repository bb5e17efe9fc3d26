"""Whether a row can be taken in: the same judgement when it is checked and when it is done."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass

from customers.models import Area, Package
from ispbill.core import crypto, phones
from ispbill.core.marking import gettext_noop
from signup.imports.models import Import, ImportRow
from signup.imports.queries import known as knowing
from signup.imports.queries.known import Known
from signup.imports.rules import reading
from signup.imports.rules.reading import WARNINGS, Problem, Said, Way

State = ImportRow.State
LEAD = "lead"  # the key of a row that is no customer yet
_SEALED = "sealed:"
_CONTEXT = "signup.importrow:national_id"


@dataclass(frozen=True)
class Judged:
    """A row with what it comes to: ids of its area and package, its state, what is wrong."""

    said: Said
    state: str
    problems: tuple[Problem, ...] = ()
    area_id: int | None = None
    package_id: int | None = None
    is_lead: bool = False

    @property
    def service_key(self) -> str:
        """Return what tells a customer's services apart: the connection, else the package."""
        if self.is_lead:
            return LEAD
        return (self.said.connection_id or self.said.package)[:120]

    @property
    def kept_problems(self) -> list[list[str]]:
        """Return what is wrong, as a row keeps it."""
        return [list(astuple(one)) for one in self.problems]


def way_of(batch: Import) -> Way:
    return Way(batch.system, batch.mapping, batch.date_format, batch.decimal_mark)


def closed(batch: Import, cells: list[str]) -> list[str]:
    """Return a row as it is kept: the national id sealed."""
    place = batch.mapping.get("national_id")
    if place is None or place >= len(cells) or not cells[place]:
        return cells
    sealed = _SEALED + crypto.seal(cells[place], context=_CONTEXT)
    return [*cells[:place], sealed, *cells[place + 1 :]]


def opened(batch: Import, cells: list[str]) -> list[str]:
    """Return a kept row as it came."""
    place = batch.mapping.get("national_id")
    if place is None or place >= len(cells) or not cells[place].startswith(_SEALED):
        return cells
    plain = crypto.unseal(cells[place].removeprefix(_SEALED), context=_CONTEXT)
    return [*cells[:place], plain, *cells[place + 1 :]]


def shown(cells: list[str]) -> list[str]:
    """Return a kept row as people may see it."""
    return ["•••" if cell.startswith(_SEALED) else cell for cell in cells]


def normal(phone: str) -> str:
    """Return a phone in E.164, "" for one that is none."""
    try:
        return phones.normalise(phone)
    except phones.PhoneRefused:
        return ""


def judge(batch: Import, rows: Sequence[list[str]], known: Known) -> list[Judged]:
    """Read and judge some rows by what is here now; `known` learns of them."""
    way = way_of(batch)
    rows = [opened(batch, cells) for cells in rows]
    said = [reading.read(cells, way) for cells in rows]
    knowing.look(
        known,
        system=batch.system,
        phones=[normal(one.phone) for one in said],
        lines=[one.connection_id for one in said],
        ids=[one.source_id for one in said],
    )
    return [_judge(batch, cells, one, known) for cells, one in zip(rows, said, strict=True)]


def _judge(batch: Import, cells: list[str], said: Said, known: Known) -> Judged:
    if reading.is_skipped(cells, batch.columns, batch.system):
        return Judged(said, State.SKIPPED)
    found = list(said.problems)
    is_lead = reading.is_lead(cells, batch.columns, batch.system)
    place = Judged(said, State.READY, is_lead=is_lead)
    key = (said.source_id, place.service_key)
    standing = known.taken_in.get(key)
    if standing is not None:
        return Judged(said, State.SAME if standing == said.digest else State.CHANGED)
    if said.source_id not in known.sources:
        found += _phone(said, known)
    known.sources.add(said.source_id)
    if key in known.services:
        found.append(Problem("", "duplicate_in_file", gettext_noop("The file has this twice.")))
    known.services.add(key)
    area = known.areas.get(said.area.lower()) if said.area else batch.area_id
    if area is None:
        column = "area"
        code = "unknown_area" if said.area else "missing"
        found.append(Problem(column, code, gettext_noop("There is no such area here.")))
    package, wrong = (None, []) if is_lead else _package(batch, said, known)
    found += wrong
    if package is not None and said.connection_id:
        found += _connection(said, known)
    is_bad = any(one.code not in WARNINGS for one in found)
    state = State.REFUSED if is_bad else State.READY
    return Judged(said, state, tuple(found), area, package, is_lead)


def _package(batch: Import, said: Said, known: Known) -> tuple[int | None, list[Problem]]:
    """Return the package of a row's service (None: no service), and what is wrong with it."""
    if said.status == "CANCELLED":
        return None, []
    if not said.package:
        return batch.package_id, []
    package = known.packages.get(said.package.lower())
    if package is None:
        text = gettext_noop("There is no such package here.")
        return None, [Problem("package", "unknown_package", text)]
    return package, []


def area_of(judged: Judged) -> Area:
    return Area.objects.select_related("branch").get(pk=judged.area_id or 0)


def package_of(judged: Judged) -> Package | None:
    return Package.objects.get(pk=judged.package_id) if judged.package_id is not None else None


def _phone(said: Said, known: Known) -> list[Problem]:
    if not said.phone or any(one.column == "phone" for one in said.problems):
        return []
    number = normal(said.phone)
    if not number:
        return [Problem("phone", "bad_phone", gettext_noop("This is no phone number."))]
    first = known.seen.setdefault(number, said.source_id)
    if first != said.source_id:
        text = gettext_noop("Another customer of the file has this phone.")
        return [Problem("phone", "duplicate_in_file", text)]
    if number in known.phones:
        text = gettext_noop("A customer here has this phone.")
        return [Problem("phone", "phone_taken", text)]
    return []


def _connection(said: Said, known: Known) -> list[Problem]:
    if said.connection_id not in known.connections:
        known.connections.add(said.connection_id)
        return []
    text = gettext_noop("Another service has this connection.")
    return [Problem("connection_id", "connection_taken", text)]
