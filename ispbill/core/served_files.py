"""How the static files of ours are served: without their comments.

The comments are for who reads the source, not for who loads a page on a slow phone.
"""

from __future__ import annotations

import re
from typing import Any

from django.core.files.base import ContentFile, File
from whitenoise.storage import CompressedManifestStaticFilesStorage  # type: ignore[import-untyped]

_STYLE_COMMENT = re.compile(r"/\*.*?\*/\n?", re.DOTALL)
_SCRIPT_COMMENT = re.compile(r"^[ \t]*//.*\n", re.MULTILINE)


class ServedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Ours without comments.

    In scripts those on lines of their own; others' files stay as they are, licence and all.
    """

    others = ("vendor/", "django_htmx/", "admin/")

    def _save(self, name: str, content: File[Any]) -> str:
        if name.startswith(self.others) or not name.endswith((".css", ".js")):
            return str(super()._save(name, content))
        content.seek(0)  # who asks for its fingerprint has read it to the end
        text = content.read().decode()
        told = _STYLE_COMMENT if name.endswith(".css") else _SCRIPT_COMMENT
        return str(super()._save(name, ContentFile(told.sub("", text).encode())))
