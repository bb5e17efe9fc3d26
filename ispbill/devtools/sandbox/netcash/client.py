"""Seeing and steering the simulated Netcash from another process, or from a test."""

from pathlib import Path
from typing import Any

from ispbill.devtools.sandbox import owners_call
from ispbill.devtools.sandbox.netcash.server import ADDRESS_FILE
from ispbill.devtools.sandbox.netcash.world import Record


class Control:
    """The owner's hand on the simulator whose address is in `<directory>/netcash.json`.

    Acts raise ValueError with the simulator's words when they are not possible.
    """

    def __init__(self, directory: Path) -> None:
        self._address = directory / ADDRESS_FILE

    def picture(self, *, waits: bool = True) -> Record:
        """Return day, switches, profile, mandates, batches with lines, movements, balance (cents),
        postbacks and calls; `waits` for postbacks that are on their way."""
        return self._ask("GET", query="?wait" if waits else "")

    def sign(self, reference: str, **bank: str) -> None:
        """Sign; `bank` (holder, number, branch, kind) for a mandate that came without."""
        self._act("sign", reference=reference, bank=bank)

    def decline(self, reference: str, reason: str = "") -> None:
        self._act("decline", reference=reference, reason=reason)

    def expire(self, reference: str) -> None:
        self._act("expire", reference=reference)

    def forge(self, reference: str) -> None:
        """Post back that it was signed, although it was not."""
        self._act("forge", reference=reference)

    def let_go(self) -> int:
        """Send the postbacks that were held; return how many."""
        return int(self._act("let_go")["sent"])

    def authorise(self, guid: str) -> None:
        """Authorise a batch by hand, as in Netcash's portal."""
        self._act("authorise", guid=guid)

    def set_result(self, line: int, reason: str, *, is_late: bool = False) -> None:
        """Let a line (its `number` in the picture) come back unpaid; "" takes that back."""
        self._act("result", line=line, reason=reason, is_late=is_late)

    def next_day(self, days: int = 1) -> None:
        """Move the simulator's own day on, on top of the clock it was given."""
        self._act("next_day", days=days)

    def pay_out(self) -> int:
        """Pay the balance out to the merchant's bank; return it in cents."""
        return int(self._act("pay_out")["cents"])

    def profile(self, *, postback_url: str) -> None:
        self._act("profile", postback_url=postback_url)

    def switch(self, **values: object) -> Record:
        """Set some switches (`world.SWITCHES`) and return all."""
        return self._act("switch", values=values)

    def clear(self) -> None:
        """Forget mandates, batches and money."""
        self._ask("DELETE")

    def _act(self, act: str, **more: object) -> Record:
        return self._ask("POST", {"act": act, **more})

    def _ask(self, method: str, body: dict[str, Any] | None = None, query: str = "") -> Record:
        path, name = f"/control{query}", "The simulated Netcash"
        return owners_call.ask(self._address, method, path, body, name=name, seconds=15)
