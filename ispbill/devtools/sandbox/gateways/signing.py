"""The two hashes of SSLCommerz callbacks.

Take the fields named in `verify_key`, add `store_passwd` as the hex digest of the store's
password, sort by name, join `name=value` with `&` (raw values), hash: md5 throughout for
`verify_sign`, SHA-256 throughout for `verify_sign_sha2`. Source: developer.sslcommerz.com/doc/v4
and the hash vectors of the official Python library's readme.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping


def signatures(
    fields: Mapping[str, str], names: Iterable[str], *, password: str
) -> tuple[str, str]:
    """Return verify_sign and verify_sign_sha2 over the named fields."""
    chosen = {name: fields[name] for name in names}
    return _hashed(chosen, password, _md5), _hashed(chosen, password, _sha256)


def signed(fields: Mapping[str, str], *, password: str) -> dict[str, str]:
    """Return the fields with verify_key over all of them and both hashes."""
    names = sorted(fields)
    md5, sha2 = signatures(fields, names, password=password)
    return {**fields, "verify_sign": md5, "verify_key": ",".join(names), "verify_sign_sha2": sha2}


def _hashed(fields: Mapping[str, str], password: str, digest: Callable[[str], str]) -> str:
    told = {**fields, "store_passwd": digest(password)}
    return digest("&".join(f"{name}={told[name]}" for name in sorted(told)))


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
