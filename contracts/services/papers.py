"""The paper of a contract: its HTML twin, the PDF whose bytes are fixed when it is sent."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from contracts.models import Contract
from contracts.queries import merge_values
from contracts.queries.merge_values import Subject
from contracts.rules.merging import Merged
from ispbill.core import made_files, pdf
from ispbill.core.models import Company


def subject(contract: Contract) -> Subject:
    """Return what a contract's paper is written about."""
    return Subject(
        version=contract.version,
        customer=contract.customer,
        service=contract.subscription,
        starts_on=contract.starts_on,
        on=contract.created_on,
        number=contract.number,
        verify_code=contract.verify_code,
        ends_on=contract.ends_on,
        minimum_until=contract.minimum_until,
    )


def merged(contract: Contract) -> Merged:
    """Fill the agreement for a contract as its customer and service are now."""
    return merge_values.merged(subject(contract))


def make(contract: Contract, html: str) -> bytes:
    """Return the PDF of a contract's text. Slow: outside any transaction. Raises PdfUnavailable."""
    return pdf.render(page(contract, html))


def page(contract: Contract, html: str) -> str:
    """Return the page that is laid out of a contract's text."""
    language = contract.version.agreement.language
    context = {
        "language": language,
        "company": Company.current(),
        "contract": contract,
        "text": html,
    }
    with translation.override(language):
        return render_to_string("contracts/pdf/contract.html", context)


def keep(content: bytes) -> tuple[str, str]:
    """Write a paper where its own hash says; return hash and path below the media root."""
    digest = hashlib.sha256(content).hexdigest()
    path = f"contracts/{digest[:2]}/{digest}.pdf"
    made_files.write(Path(settings.MEDIA_ROOT) / path, content)
    return digest, path


def content(path: str) -> bytes:
    """Return the bytes of a paper. Raises FileNotFoundError."""
    return (Path(settings.MEDIA_ROOT) / path).read_bytes()
