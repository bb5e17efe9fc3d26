"""A sandbox of RouterOS routers that speak the real binary API on loopback sockets.

As a program: `python -m ispbill.devtools.sandbox.routeros --config FILE --control PATH`. In a test:
`with RouterFarm([RouterSpec(name="r1", dial_delay=(0, 0))]) as farm:`. From another process:
`Control(path)`.
"""

from ispbill.devtools.sandbox.routeros.control import Control, ControlError
from ispbill.devtools.sandbox.routeros.farm import RouterFarm, Sandbox
from ispbill.devtools.sandbox.routeros.spec import ProfileSpec, RouterSpec, SecretSpec, UserSpec

__all__ = [
    "Control",
    "ControlError",
    "ProfileSpec",
    "RouterFarm",
    "RouterSpec",
    "Sandbox",
    "SecretSpec",
    "UserSpec",
]
