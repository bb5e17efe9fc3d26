"""A call by a simulator's owner from another process; where to, its address file says."""

import http.client
import json
from pathlib import Path
from typing import Any, cast

Record = dict[str, Any]


class NotRunning(Exception):
    """No simulator answers for this directory."""


def ask(
    place: Path,
    method: str,
    path: str,
    body: Record | None = None,
    *,
    name: str,
    part: str = "",
    seconds: float = 5,
) -> Record:
    """Call the simulator whose host, port and token the file `place` has (under its key `part`).

    Raises NotRunning, and ValueError with the simulator's words for what is not possible.
    """
    try:
        address = json.loads(place.read_text("utf-8"))
        address = address[part] if part else address
        line = http.client.HTTPConnection(
            address.get("host", "127.0.0.1"), address["port"], timeout=seconds
        )
        try:
            line.request(
                method,
                path,
                body=json.dumps(body).encode() if body is not None else None,
                headers={
                    "Authorization": f"Bearer {address['token']}",
                    "Content-Type": "application/json",
                },
            )
            response = line.getresponse()
            answer = json.loads(response.read())
        finally:
            line.close()
    except (OSError, ValueError, KeyError, http.client.HTTPException) as error:
        raise NotRunning(f"{name} is not running.") from error
    if response.status != 200:
        raise ValueError(str(answer.get("error", response.status)))
    return cast("Record", answer)
