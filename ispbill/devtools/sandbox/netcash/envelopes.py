"""SOAP 1.1 from the server's side."""

from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from ispbill.devtools.sandbox.netcash.signatures import METHODS

TEMPURI = "http://tempuri.org/"
_SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_DATA = "http://schemas.datacontract.org/2004/07/NC.DG.TMS.C.WCF.NIWS"
_ARRAYS = "http://schemas.microsoft.com/2003/10/Serialization/Arrays"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"


class Fault(Exception):
    """The service's own refusal of a message. `code` is a fault code, without its prefix."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code
        self.words = words


def read(body: bytes, action: str, contract: str) -> tuple[str, dict[str, str]]:
    """Return method and members. A member that comes too early or too late is missing."""
    prefix = f"{TEMPURI}{contract}/"
    method = action.strip('"').removeprefix(prefix)
    if not action.strip('"').startswith(prefix) or (contract, method) not in METHODS:
        raise Fault("ActionNotSupported", f"The message with Action '{action}' cannot be processed")
    try:
        root = ElementTree.fromstring(body, forbid_dtd=True)
    except (ElementTree.ParseError, DefusedXmlException, LookupError, ValueError) as error:
        raise Fault("DeserializationFailed", "The message is not readable") from error
    message = root.find(f"{{{_SOAP}}}Body/{{{TEMPURI}}}{method}")
    if root.tag != f"{{{_SOAP}}}Envelope" or message is None:
        raise Fault("DeserializationFailed", f"The body holds no {method}")
    return method, _members(message, METHODS[(contract, method)])


def _members(message: Any, order: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    position = 0
    for member in message:
        name = str(member.tag).removeprefix(f"{{{TEMPURI}}}")
        if name in order[position:]:
            position = order.index(name, position) + 1
            found[name] = member.text or ""
    return found


def text_answer(method: str, text: str) -> bytes:
    # Line ends travel as character references; a bare CR would be read as LF.
    shown = escape(text, {"\r": "&#xD;"})
    return _envelope(
        f'<{method}Response xmlns="{TEMPURI}"><{method}Result>{shown}</{method}Result>'
        f"</{method}Response>"
    )


def mandate_answer(
    *, code: str, errors: Sequence[str] = (), url: str = "", tracking: str = ""
) -> bytes:
    texts = "".join(f"<c:string>{escape(error)}</c:string>" for error in errors)
    return _envelope(
        f'<AddMandateResponse xmlns="{TEMPURI}"><AddMandateResult xmlns:a="{_DATA}" '
        f'xmlns:i="{_XSI}"><a:ErrorCode>{code}</a:ErrorCode>'
        f'<a:Errors xmlns:c="{_ARRAYS}">{texts}</a:Errors>'
        + (f"<a:MandateUrl>{escape(url)}</a:MandateUrl>" if url else '<a:MandateUrl i:nil="true"/>')
        + f"<a:TrackingIndicator>{escape(tracking)}</a:TrackingIndicator>"
        f'<a:Warnings xmlns:c="{_ARRAYS}"/></AddMandateResult></AddMandateResponse>'
    )


def fault(code: str, words: str) -> bytes:
    return _envelope(
        '<s:Fault><faultcode xmlns:a="http://schemas.microsoft.com/net/2005/12/windows'
        f'communicationfoundation/dispatcher">a:{escape(code)}</faultcode>'
        f'<faultstring xml:lang="en-ZA">{escape(words)}</faultstring></s:Fault>'
    )


def _envelope(inside: str) -> bytes:
    return f'<s:Envelope xmlns:s="{_SOAP}"><s:Body>{inside}</s:Body></s:Envelope>'.encode()
