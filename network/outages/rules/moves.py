"""The states of an outage, and which follows which."""

PROPOSED = "PROPOSED"
INVESTIGATING = "INVESTIGATING"
IDENTIFIED = "IDENTIFIED"
MONITORING = "MONITORING"
RESOLVED = "RESOLVED"
CANCELLED = "CANCELLED"
MERGED = "MERGED"
SCHEDULED = "SCHEDULED"
IN_PROGRESS = "IN_PROGRESS"
COMPLETED = "COMPLETED"

PHASES = (INVESTIGATING, IDENTIFIED, MONITORING)
OPEN = (*PHASES, IN_PROGRESS)
SHOWN = (*OPEN, SCHEDULED)
"""What the public sees as present or coming."""
OVER = (RESOLVED, COMPLETED)
OF_WORKS = (SCHEDULED, IN_PROGRESS, COMPLETED, CANCELLED, MERGED)
OF_OUTAGES = (PROPOSED, *PHASES, RESOLVED, CANCELLED, MERGED)

_NEXT: dict[str, tuple[str, ...]] = {
    PROPOSED: (INVESTIGATING, CANCELLED),
    **{
        phase: (*(other for other in PHASES if other != phase), RESOLVED, MERGED)
        for phase in PHASES
    },
    RESOLVED: (INVESTIGATING,),
    SCHEDULED: (IN_PROGRESS, COMPLETED, CANCELLED),
    IN_PROGRESS: (COMPLETED, CANCELLED),
}


def may_follow(state: str, then: str) -> bool:
    """Tell whether an outage may go from one state to another."""
    return then in _NEXT.get(state, ())


def phases_after(state: str) -> list[str]:
    """Return the phases staff may choose from a state: the present one, then the others."""
    return [state, *(one for one in PHASES if one != state)] if state in PHASES else []
