"""Tell a watcher outside that this installation is alive: one GET of HEARTBEAT_URL."""

import logging
from urllib.parse import urlsplit

import requests
from django.conf import settings

from ispbill.core import outbound, outbound_http
from ispbill.core.addresses import WEB_PORTS

log = logging.getLogger(__name__)


def fetch() -> bool:
    """Fetch the address and tell whether it answered well. Nothing is raised: silence rings there.

    The answer is not read. Redirects are not followed.
    """
    url = settings.HEARTBEAT_URL
    if not url:
        return False
    port = urlsplit(url).port
    fence = outbound.web_fence(ports=WEB_PORTS | ({port} if port else set()))
    try:
        with outbound.Leash(outbound.OVERALL) as leash:
            session = outbound_http.session(fence, leash)
            answer = session.get(
                url,
                timeout=(outbound.CONNECT, outbound.OVERALL),
                allow_redirects=False,
                stream=True,
            )
            is_well = answer.ok
            session.close()
    except (outbound.Refused, requests.RequestException) as error:
        log.warning("heartbeat not heard", extra={"reason": type(error).__name__})
        return False
    return is_well
