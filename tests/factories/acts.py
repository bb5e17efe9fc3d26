"""Acts of tests whose who, when and why come as loose values."""

from collections.abc import Mapping
from typing import Any

from ispbill.core.acts import Act


def acting(
    given: Mapping[str, Any] | None = None, /, *, keeps_on: bool = False, **more: Any
) -> dict[str, Any]:
    """Put the loose `actor`, `at`, `on` and `reason` of keyword arguments into one `act`.

    `keeps_on` is for services that have an `on` of their own: a day from which something holds;
    the act's own day may be given them as `today`.
    """
    values = {**(given or {}), **more}
    if "at" not in values:
        return values
    on = values.pop("today", None)
    if on is None and not keeps_on:
        on = values.pop("on", None)
    act = Act(values.pop("actor", None), values.pop("at"), on=on, reason=values.pop("reason", ""))
    return {**values, "act": act}
