"""What a worker does about an import, by the state it is in."""

from collections.abc import Callable, Mapping

from signup.imports.models import Import
from signup.imports.services import checking, going_live, running, steps, undoing

State = Import.State
_WORK: Mapping[str, Callable[[Import], None]] = {
    State.CHECKING: checking.check,
    State.RUNNING: running.run,
    State.STARTING: going_live.go,
    State.UNDOING: undoing.undo,
}


def work(*, import_id: int) -> None:
    """Go on with an import; nothing is left to do for one nobody waits for."""
    steps.alone(import_id, lambda batch: _WORK[batch.state](batch))
