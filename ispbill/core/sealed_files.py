"""Files that are kept sealed below MEDIA_ROOT: one way to write them, to read them, to seal anew.

Which column of which model names one is said by the field itself (`SealedPath`), so that the
rotation of keys can be compared with the models.
"""

import base64
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models

from ispbill.core import crypto, made_files


class SealedPath(models.CharField):  # type: ignore[type-arg]
    """The path, below MEDIA_ROOT, of a file written by `write`."""

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """Be a plain text column to migrations."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs


def write(path: str, content: bytes, *, context: str) -> None:
    """Seal a file whole or not at all, readable by the product alone."""
    sealed = crypto.seal(base64.b64encode(content).decode(), context=context)
    made_files.write(_place(path), sealed.encode())


def read(path: str, *, context: str) -> bytes:
    """Return what was written. Raises OSError when it is gone, crypto.Unreadable."""
    return base64.b64decode(crypto.unseal(_place(path).read_text(), context=context))


def is_current(path: str, *, context: str) -> bool:
    """Tell whether a file is sealed with the newest key. Raises OSError, crypto.Unreadable."""
    sealed = _place(path).read_text()
    crypto.unseal(sealed, context=context)
    return crypto.is_current(sealed)


def exists(path: str) -> bool:
    return bool(path) and _place(path).is_file()


def remove(path: str) -> None:
    _place(path).unlink(missing_ok=True)


def _place(path: str) -> Path:
    return Path(settings.MEDIA_ROOT) / path
