"""The tree of places we serve. One change of the tree at a time."""

from dataclasses import asdict, dataclass
from decimal import Decimal

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from customers.models import Area, Customer
from ispbill.accounts.models import Branch
from ispbill.audit.services import events, trail
from ispbill.core import locks
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError

_TREE = "customers:area-tree"
_LONGEST_PATH = 120


class AreaNameTaken(DomainError):
    """Two areas under one parent have different names."""


class AreaMoveRefused(DomainError):
    """An area cannot lie inside itself, nor too deep."""


@dataclass(frozen=True)
class Place:
    """Whether an area is served (blank = as its parent), and its centre in degrees, or neither."""

    coverage: str = ""
    latitude: Decimal | None = None
    longitude: Decimal | None = None


class AreaInUse(DomainError):
    """An area with customers or areas in it cannot be archived."""


def create(
    *,
    name: str,
    branch: Branch,
    act: Act,
    parent: Area | None = None,
    kind: str = Area.Kind.AREA,
    local_name: str = "",
    place: Place | None = None,
) -> Area:
    """Add an area under `parent` (none = at the top). Raises AreaNameTaken, AreaMoveRefused."""
    try:
        with transaction.atomic():
            _begin(act)
            area = Area.objects.create(
                name=name.strip(),
                local_name=local_name,
                kind=kind,
                parent=parent,
                branch=branch,
                **asdict(place or Place()),
            )
            area.path = _path(area, parent)
            area.save(update_fields=["path"])
            events.record(
                target=area, action="area.created", act=act, after={"parent": str(parent or "")}
            )
    except IntegrityError as error:
        _raise_if_name_taken(error, name)
        raise
    return area


def rename(
    *, area: Area, name: str, act: Act, local_name: str = "", kind: str | None = None
) -> Area:
    """Give an area another name (and kind). Raises AreaNameTaken."""
    try:
        with transaction.atomic():
            _begin(act)
            area = Area.objects.select_for_update().get(pk=area.pk)
            before = {"name": area.name, "local_name": area.local_name, "kind": area.kind}
            area.name, area.local_name = name.strip(), local_name
            area.kind = kind or area.kind
            area.save(update_fields=["name", "local_name", "kind"])
            after = {"name": area.name, "local_name": area.local_name, "kind": area.kind}
            was, now = events.changes(before, after)
            if now:
                events.record(target=area, action="area.renamed", act=act, before=was, after=now)
    except IntegrityError as error:
        _raise_if_name_taken(error, name)
        raise
    return area


def move(*, area: Area, parent: Area | None, act: Act) -> Area:
    """Hang an area with all that lies in it under another one (none = the top).

    Raises AreaMoveRefused when the new parent lies inside it, AreaNameTaken.
    """
    try:
        with transaction.atomic():
            _begin(act)
            area = Area.objects.select_for_update().get(pk=area.pk)
            parent = Area.objects.get(pk=parent.pk) if parent is not None else None
            if parent is not None and parent.path.startswith(area.path):
                raise AreaMoveRefused(
                    _("%(area)s cannot be moved into itself.") % {"area": area.name}
                )
            before = area.parent
            old_path, new_path = area.path, _path(area, parent)
            area.parent = parent
            area.save(update_fields=["parent"])
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT max(length(path)) FROM customers_area WHERE path LIKE %s",
                    [f"{old_path}%"],
                )
                longest = cursor.fetchone()[0] - len(old_path) + len(new_path)
                if longest > _LONGEST_PATH:
                    raise AreaMoveRefused(_("Areas cannot be nested that deep."))
                cursor.execute(
                    "UPDATE customers_area SET path = %s || substr(path, %s) WHERE path LIKE %s",
                    [new_path, len(old_path) + 1, f"{old_path}%"],
                )
            area.path = new_path
            events.record(
                target=area,
                action="area.moved",
                act=act,
                before={"parent": str(before or "")},
                after={"parent": str(parent or "")},
            )
    except IntegrityError as error:
        _raise_if_name_taken(error, area.name)
        raise
    return area


@transaction.atomic
def locate(*, area: Area, place: Place, act: Act) -> Area:
    """Say whether an area is served and where its centre is."""
    _begin(act)
    area = Area.objects.select_for_update().get(pk=area.pk)
    before = {name: getattr(area, name) for name in asdict(place)}
    for name, value in asdict(place).items():
        setattr(area, name, value)
    was, now = events.changes(before, asdict(place))
    if now:
        area.save(update_fields=list(asdict(place)))
        events.record(target=area, action="area.located", act=act, before=was, after=now)
    return area


@transaction.atomic
def change(
    *,
    area: Area,
    name: str,
    local_name: str,
    kind: str,
    parent: Area | None,
    act: Act,
    place: Place | None = None,
) -> Area:
    """Rename, place and move in one step, all or nothing. Raises what `rename` and `move` raise."""
    rename(area=area, name=name, local_name=local_name, kind=kind, act=act)
    if place is not None:
        locate(area=area, place=place, act=act)
    if area.parent_id != (parent.pk if parent else None):
        move(area=area, parent=parent, act=act)
    return Area.objects.get(pk=area.pk)


@transaction.atomic
def archive(*, area: Area, act: Act) -> Area:
    """Offer an area no longer. Raises AreaInUse while it has customers or living areas in it."""
    _begin(act)
    area = Area.objects.select_for_update().get(pk=area.pk)
    if Area.objects.filter(parent=area, archived_at__isnull=True).exists():
        raise AreaInUse(_("%(area)s has areas in it. Archive those first.") % {"area": area.name})
    if Customer.objects.filter(area=area, archived_at__isnull=True).exists():
        raise AreaInUse(
            _("%(area)s has customers. Move them to another area first.") % {"area": area.name}
        )
    if area.archived_at is None:
        area.archived_at = act.at
        area.save(update_fields=["archived_at"])
        events.record(target=area, action="area.archived", act=act)
    return area


def _begin(act: Act) -> None:
    trail.begin(act=act.because(""))
    locks.hold(_TREE)


def _path(area: Area, parent: Area | None) -> str:
    path = f"{parent.path if parent else '/'}{area.pk}/"
    if len(path) > _LONGEST_PATH:
        raise AreaMoveRefused(_("Areas cannot be nested that deep."))
    return path


def _raise_if_name_taken(error: IntegrityError, name: str) -> None:
    if "area_name_once_under_parent" in str(error):
        raise AreaNameTaken(
            _("There is already an area named %(name)s here.") % {"name": name}
        ) from error
