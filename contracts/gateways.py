"""pyHanko: one PAdES seal that certifies a PDF and allows no change after it."""

import io
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TypeVar

from ispbill.core import clock

log = logging.getLogger(__name__)
_Found = TypeVar("_Found")

FIELD = "ContractSeal"
RESERVED_BYTES = 32_768  # a signature with a timestamp must fit: it cannot grow afterwards


def seal(paper: bytes, *, key: bytes, certificate: bytes, reason: str, tsa_url: str = "") -> bytes:
    """Return the paper sealed (PAdES B-B; B-T with a time authority). Slow: only in a worker."""
    return _apart(lambda: _seal(paper, key, certificate, reason, tsa_url))


def is_sealed_by(paper: bytes, certificate: bytes) -> bool:
    """Tell whether a paper's seal is whole, covers all of it and was made with this certificate."""
    return _apart(lambda: _is_sealed_by(paper, certificate))


def _apart(work: Callable[[], _Found]) -> _Found:
    """Work in a thread of its own: pyHanko runs an event loop, and one may be here already."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(work).result()


def _seal(paper: bytes, key: bytes, certificate: bytes, reason: str, tsa_url: str) -> bytes:
    from asn1crypto import keys, pem, x509  # noqa: PLC0415 - 60 MB only workers need
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # noqa: PLC0415
    from pyhanko.sign import fields, signers, timestamps  # noqa: PLC0415
    from pyhanko_certvalidator.registry import SimpleCertificateStore  # noqa: PLC0415

    _kind, _headers, key_der = pem.unarmor(key)
    _kind, _headers, cert_der = pem.unarmor(certificate)
    signer = signers.SimpleSigner(
        signing_cert=x509.Certificate.load(cert_der),
        signing_key=keys.PrivateKeyInfo.load(key_der),
        cert_registry=SimpleCertificateStore(),  # type: ignore[no-untyped-call]
    )
    meta = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        reason=reason,
    )
    stamper = timestamps.HTTPTimeStamper(tsa_url, timeout=10) if tsa_url else None
    out = io.BytesIO()
    signers.sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(paper)),
        signature_meta=meta,
        signer=signer,
        timestamper=stamper,
        bytes_reserved=RESERVED_BYTES,
        output=out,
    )
    return out.getvalue()


def _is_sealed_by(paper: bytes, certificate: bytes) -> bool:
    from asn1crypto import pem, x509  # noqa: PLC0415 - as above
    from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: PLC0415
    from pyhanko.sign.validation import validate_pdf_signature  # noqa: PLC0415
    from pyhanko.sign.validation.status import SignatureCoverageLevel  # noqa: PLC0415
    from pyhanko_certvalidator import ValidationContext  # noqa: PLC0415

    _kind, _headers, der = pem.unarmor(certificate)
    root = x509.Certificate.load(der)
    try:
        [found] = PdfFileReader(io.BytesIO(paper)).embedded_signatures
        status = validate_pdf_signature(
            found, ValidationContext(trust_roots=[root], moment=_moment(), allow_fetching=False)
        )
    except Exception:  # whatever a broken file makes a parser raise
        log.info("seal not readable", exc_info=True)
        return False
    # Whoever stamped the time need not be known here: the stamp is another's proof.
    is_whole = status.intact and status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    return bool(is_whole and status.valid and status.trusted)


def _moment() -> datetime:
    return clock.real_now()
