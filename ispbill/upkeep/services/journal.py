"""Who was erased, kept beside the copies: an older copy restored must not bring anybody back.

Ids only, a line each; carry it away with the copies.
"""

import json
import os
from datetime import datetime
from pathlib import Path

from django.conf import settings

_NAME = "erasures.jsonl"


def note(*, customer_id: int, at: datetime) -> None:
    """Write down, on disk before this returns, that a customer was erased."""
    place = _place()
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"customer": customer_id, "at": at.isoformat()}) + "\n")
        file.flush()
        os.fsync(file.fileno())


def customers() -> list[int]:
    """Return everybody who was ever erased, by id."""
    try:
        lines = _place().read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    return sorted({int(json.loads(line)["customer"]) for line in lines if line.strip()})


def _place() -> Path:
    return Path(settings.BACKUP_DIR) / _NAME
