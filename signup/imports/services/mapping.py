"""How the file is read is said by whoever knows it; it is checked anew by that."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from ispbill.accounts.models import User
from ispbill.core.acts import Act
from signup.imports.models import Import
from signup.imports.services import checking


@dataclass(frozen=True)
class Reading:
    """Which field stands in which column, how days and amounts look, what rows without a word
    for it get."""

    mapping: Mapping[str, int]
    date_format: str
    decimal_mark: str
    area_id: int | None
    package_id: int | None


@transaction.atomic
def name_columns(*, batch: Import, reading: Reading, act: Act[User]) -> Import:
    """Keep how the file is read, and check it. Raises WrongStep."""
    batch = checking.start(batch=batch, act=act)
    batch.mapping = dict(reading.mapping)
    batch.date_format, batch.decimal_mark = reading.date_format, reading.decimal_mark
    batch.area_id, batch.package_id = reading.area_id, reading.package_id
    batch.save(update_fields=["mapping", "date_format", "decimal_mark", "area", "package"])
    return batch


@transaction.atomic
def explain(*, batch: Import, words: Mapping[str, Mapping[str, int]], act: Act[User]) -> Import:
    """Keep what their words for areas and packages mean here, and check anew. Raises WrongStep."""
    batch = checking.start(batch=batch, act=act)
    known = {name: dict(batch.words.get(name, {})) for name in ("area", "package")}
    for name, meant in words.items():
        known[name].update(meant)
    batch.words = known
    batch.save(update_fields=["words"])
    return batch
