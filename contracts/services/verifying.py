"""Is this the paper that was signed? SAME, CHANGED (ours, other bytes) or UNKNOWN."""

import hashlib
import io
from enum import StrEnum

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from contracts.models import Contract, ContractSeal

MOST_BYTES = 10 << 20


class Verdict(StrEnum):
    SAME = "SAME"
    CHANGED = "CHANGED"
    UNKNOWN = "UNKNOWN"


def compare(contract: Contract, content: bytes) -> Verdict:
    """Compare a file with the papers of a contract; nothing of it is kept."""
    seal = ContractSeal.objects.filter(contract=contract).first()
    known = {one for one in (contract.sha256, seal.sha256 if seal else "") if one}
    if hashlib.sha256(content).hexdigest() in known:
        return Verdict.SAME
    return Verdict.CHANGED if _is_ours(contract, content) else Verdict.UNKNOWN


def _is_ours(contract: Contract, content: bytes) -> bool:
    """Tell whether a file says that it is this contract: its code is in what describes the file."""
    code = contract.verify_code.encode()
    if code in content or code.decode().encode("utf-16-be") in content:
        return True
    if not content.startswith(b"%PDF"):
        return False
    try:
        found = PdfReader(io.BytesIO(content)).metadata
        return found is not None and contract.verify_code in str(found.get("/Keywords", ""))
    except (PyPdfError, ValueError, KeyError, TypeError, RecursionError, OSError):
        return False
