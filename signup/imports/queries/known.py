"""What is here already, as far as an import wants to know: areas, packages, phones, lines."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from customers.models import Area, Customer, Package, Subscription
from signup.imports.models import Import, ImportRow

State = ImportRow.State


@dataclass
class Known:
    """Areas and packages by their words in small letters; what the file has had so far."""

    areas: dict[str, int]
    packages: dict[str, int]
    phones: set[str] = field(default_factory=set)
    connections: set[str] = field(default_factory=set)
    taken_in: dict[tuple[str, str], str] = field(default_factory=dict)
    """(source id, service key) → digest of what stands."""
    seen: dict[str, str] = field(default_factory=dict)
    """Phone of the file → source id that had it first."""
    sources: set[str] = field(default_factory=set)
    """Customers (source ids) whose phone has been looked at, here or in the file."""
    services: set[tuple[str, str]] = field(default_factory=set)


def of(batch: Import) -> Known:
    """Return what holds for all rows of an import."""
    areas = dict(
        Area.objects.filter(archived_at__isnull=True).values_list("name", "pk").order_by("-pk")
    )
    packages = dict(
        Package.objects.filter(archived_at__isnull=True).values_list("name", "pk").order_by("-pk")
    )
    codes = Package.objects.filter(archived_at__isnull=True).values_list("code", "pk")
    by_word = {name.lower(): pk for name, pk in [*codes, *packages.items()]}
    return Known(
        areas={name.lower(): pk for name, pk in areas.items()}
        | {word.lower(): pk for word, pk in batch.words.get("area", {}).items()},
        packages=by_word
        | {word.lower(): pk for word, pk in batch.words.get("package", {}).items()},
    )


def look(
    known: Known, *, system: str, phones: Iterable[str], lines: Iterable[str], ids: Iterable[str]
) -> None:
    """Look up what some rows name: whose phones and lines are taken, who is taken in already."""
    living = Customer.objects.filter(archived_at__isnull=True, phone__in=list(phones))
    known.phones |= set(living.values_list("phone", flat=True))
    used = Subscription.objects.exclude(status=Subscription.Status.CANCELLED)
    found = used.filter(connection_id__in=[one for one in lines if one])
    known.connections |= set(found.values_list("connection_id", flat=True))
    standing = ImportRow.objects.filter(
        system=system,
        kind=Import.Kind.CUSTOMERS,
        source_id__in=list(ids),
        state__in=[State.MADE, State.LIVE],
    )
    for source, service, digest in standing.values_list("source_id", "service_key", "digest"):
        known.taken_in[(source, service)] = digest
        known.sources.add(source)
