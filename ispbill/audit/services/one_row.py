"""Change a table of one row, the settings of a room, for a reason."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import models, transaction

from ispbill.audit.services import events, trail
from ispbill.core.acts import Act

Row = TypeVar("Row", bound=models.Model)


@transaction.atomic
def change(model: type[Row], *, values: Mapping[str, Any], action: str, act: Act) -> Row:
    """Set what `values` names; the trail keeps what was changed, as text.

    The row is made when it is not there. Raises ReasonMissing.
    """
    act = trail.begin_with_reason(act=act)
    model._default_manager.get_or_create(pk=1)
    row = model._default_manager.select_for_update().get(pk=1)
    before = {name: str(getattr(row, name)) for name in values}
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))
    changed = [name for name in values if before[name] != str(values[name])]
    events.record(
        act=act,
        action=action,
        target=row,
        before={name: before[name] for name in changed},
        after={name: str(values[name]) for name in changed},
    )
    return row
