"""The WSGI application gunicorn serves."""

import os
from collections.abc import Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

from ispbill.core import stack_room

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ispbill.settings")

_django = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Answer a request, with room for the frames of a whole page (docs/adr/0087)."""
    return _django(environ, start_response)


stack_room.widen(application)
