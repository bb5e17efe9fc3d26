"""Reading and steering the simulated gateways from another process, or from a test."""

from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode

from ispbill.devtools.sandbox import owners_call
from ispbill.devtools.sandbox.gateways.addresses import FILE
from ispbill.devtools.sandbox.gateways.store import Record

# A callback posted on order may take its receiver a while.
ANSWER_SECONDS = 60.0


class Desk:
    """The control desk of the gateways in `<directory>/gateways.json`."""

    def __init__(self, directory: Path) -> None:
        self._address = directory / FILE

    def sessions(
        self, *, gateway: str = "", reference: str = "", before: int = 0, limit: int = 50
    ) -> list[Record]:
        """Return checkouts, newest first: number, key, gateway, reference, amount, currency, state,
        asked, facts, made_at."""
        found = self._ask(
            "GET",
            "/sessions",
            query={"gateway": gateway, "reference": reference, "before": before, "limit": limit},
        )
        return cast("list[Record]", found["sessions"])

    def session(self, key: str) -> Record:
        """Return session, charges, refunds, callbacks and buttons; raises ValueError for an
        unknown key."""
        return self._ask("GET", "/session", query={"key": key})

    def newest(self, gateway: str = "") -> str:
        """Return the key of the newest checkout; raises LookupError when there is none."""
        found = self.sessions(gateway=gateway, limit=1)
        if not found:
            raise LookupError("nobody opened a checkout")
        return str(found[0]["key"])

    def press(self, key: str, button: str, **told: Any) -> Record:
        """Press a button: method, url and fields with which the browser leaves, or a note.

        `told`: way, amount (of "wrong_amount"), delay_seconds (of "delayed", "late_decline").
        """
        return self._ask("POST", "/press", {"key": key, "button": button, **told})

    def call_back(
        self,
        *,
        key: str = "",
        url: str = "",
        fields: dict[str, Any] | None = None,
        is_signed: bool = False,
        times: int = 1,
    ) -> list[int | str]:
        """Post a callback now, `times` times at once, and return each HTTP status (or the name of
        the error). With a key: the fields of the session's last attempt, changed by `fields`."""
        asked = {"key": key, "url": url, "fields": fields, "is_signed": is_signed, "times": times}
        return cast("list[int | str]", self._ask("POST", "/callbacks", asked)["answers"])

    def callbacks(self, key: str = "") -> list[Record]:
        """Return callbacks, newest first: session, kind, url, fields, due (epoch seconds or None),
        tries, answer, made_at."""
        found = self._ask("GET", "/callbacks", query={"key": key})
        return cast("list[Record]", found["callbacks"])

    def calls(self, *, gateway: str = "", operation: str = "") -> list[Record]:
        """Return what merchants asked, newest first: gateway, operation, at, asked, status,
        answer. Secrets are left out."""
        query = {"gateway": gateway, "operation": operation, "limit": 1000}
        return cast("list[Record]", self._ask("GET", "/calls", query=query)["calls"])

    def fault(
        self,
        gateway: str,
        kind: str,
        *,
        operation: str = "",
        times: int = 1,
        seconds: float = 0,
        status: int = 200,
        fields: dict[str, Any] | None = None,
    ) -> None:
        """Switch on what goes wrong (`faults.KINDS`) for so many calls, −1 for all."""
        self._ask(
            "POST",
            "/faults",
            {
                "gateway": gateway,
                "kind": kind,
                "operation": operation,
                "times": times,
                "seconds": seconds,
                "status": status,
                "fields": fields or {},
            },
        )

    def faults(self) -> list[Record]:
        return cast("list[Record]", self._ask("GET", "/faults")["faults"])

    def fault_kinds(self) -> dict[str, str]:
        """Return each kind of fault and what it means."""
        return cast("dict[str, str]", self._ask("GET", "/faults")["kinds"])

    def clear_faults(self, gateway: str = "") -> None:
        self._ask("DELETE", "/faults", query={"gateway": gateway})

    def switches(self) -> Record:
        """Return the switches (`world.Switches`)."""
        return self._ask("GET", "/switches")

    def switch(self, **values: int) -> Record:
        """Set some switches and return all."""
        return self._ask("PUT", "/switches", values)

    def turn_refund(self, ref: str, state: str) -> None:
        """Make a refund of SSLCommerz "processing", "refunded" or "cancelled"."""
        self._ask("POST", "/refund", {"ref": ref, "state": state})

    def forget_tokens(self) -> None:
        """Make every bKash token worthless, and lift its block."""
        self._ask("POST", "/forget-tokens", {})

    def clear(self) -> None:
        """Forget every checkout."""
        self._ask("DELETE", "/sessions")

    def _ask(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        query: dict[str, Any] | None = None,
    ) -> Record:
        return owners_call.ask(
            self._address,
            method,
            path + (f"?{urlencode(query)}" if query else ""),
            body,
            name="The gateway sandbox",
            part="control",
            seconds=ANSWER_SECONDS,
        )
