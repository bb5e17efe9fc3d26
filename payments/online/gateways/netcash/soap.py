"""SOAP 1.1 by hand: an envelope out, one result back.

Netcash's services are document/literal in the name space tempuri.org. Members must come in the
order of the service's description: misplaced ones are read as missing. Answers are matched by
local names, because prefixes vary.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from payments.online.gateways.netcash import wire
from payments.online.gateways.netcash.contract import NetcashDown, NetcashRefused

NAMESPACE = "http://tempuri.org/"
_ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
# What XML 1.0 cannot carry at all, not even escaped.
_UNSPEAKABLE = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Faults by which the service says it did not even begin.
_NOT_BEGUN = frozenset({"ActionNotSupported", "DeserializationFailed", "VersionMismatch"})

Parameter = tuple[str, str | None]


@dataclass(frozen=True)
class Endpoint:
    """A service: where it is and the name of its contract."""

    path: str
    contract: str


NIF = Endpoint("/NIWS/NIWS_NIF.svc", "INIWS_NIF")
VALIDATION = Endpoint("/NIWS/NIWS_Validation.svc", "INIWS_Validation")


@dataclass(frozen=True)
class Result:
    """What a method returned: its text, and the texts of its members by local name."""

    text: str
    members: dict[str, tuple[str, ...]]

    def one(self, name: str) -> str:
        """Return a member's text, "" when it is absent."""
        found = self.members.get(name, ())
        return found[0] if found else ""


def call(
    base_url: str,
    endpoint: Endpoint,
    method: str,
    parameters: Iterable[Parameter],
    *,
    timeout: tuple[float, float],
) -> Result:
    """Call a method; parameters that are None are left out.

    Raises NetcashDown, and NetcashRefused for a fault by which nothing was begun.
    """
    reply = wire.post(
        base_url.rstrip("/") + endpoint.path,
        body=envelope(method, parameters),
        headers={
            "Content-Type": "text/xml; charset=utf-8",
            "SOAPAction": f'"{NAMESPACE}{endpoint.contract}/{method}"',
            "Accept": "text/xml",
        },
        timeout=timeout,
    )
    if reply.status not in {200, 500}:
        raise NetcashDown(f"answered with status {reply.status}", was_sent=True)
    return read(reply.body, method)


def envelope(method: str, parameters: Iterable[Parameter]) -> bytes:
    members = "".join(
        f"<{name}>{escape(_UNSPEAKABLE.sub('', value))}</{name}>"
        for name, value in parameters
        if value is not None
    )
    return (
        f'<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="{_ENVELOPE}"><s:Body>'
        f"<{method} xmlns={quoteattr(NAMESPACE)}>{members}</{method}></s:Body></s:Envelope>"
    ).encode()


def read(body: bytes, method: str) -> Result:
    """Read the answer to `method`. Raises NetcashDown when it is anything else."""
    try:
        root = ElementTree.fromstring(body, forbid_dtd=True)
    except (ElementTree.ParseError, DefusedXmlException, LookupError, ValueError) as error:
        raise NetcashDown("the answer is not XML", was_sent=True) from error
    inside = _child(root, "Body") if _local(root) == "Envelope" else None
    if inside is None:
        raise NetcashDown("the answer is no SOAP envelope", was_sent=True)
    fault = _child(inside, "Fault")
    if fault is not None:
        _raise_fault(fault)
    response = _child(inside, f"{method}Response")
    result = _child(response, f"{method}Result") if response is not None else None
    if result is None:
        raise NetcashDown(f"no answer to {method} is in it", was_sent=True)
    if result.get(_NIL) == "true":
        return Result("", {})
    members: dict[str, tuple[str, ...]] = {}
    for member in result:
        texts = [_text(part) for part in member] if len(member) else [_text(member)]
        members[_local(member)] = members.get(_local(member), ()) + tuple(texts)
    return Result(_text(result) if not members else "", members)


def _raise_fault(fault: Any) -> None:
    code = _text(_child(fault, "faultcode")).rpartition(":")[2]
    words = _text(_child(fault, "faultstring"))[:200]
    if code in _NOT_BEGUN:
        raise NetcashRefused("", words or code)
    raise NetcashDown(f"fault {code}: {words}", was_sent=True)


def _child(element: Any, name: str) -> Any:
    return next((one for one in element if _local(one) == name), None)


def _local(element: Any) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _text(element: Any) -> str:
    """The text itself: tags inside it are no part of any answer we know."""
    return (element.text or "").strip() if element is not None else ""
