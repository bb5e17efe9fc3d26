from ispbill.audit.models.erased_event import ErasedEvent
from ispbill.audit.models.event import AuditEvent
from ispbill.audit.models.job_run import JobBeat, JobRun, JobRunProblem
from ispbill.audit.models.row_version import RowVersion
from ispbill.audit.models.seal import AuditSeal

__all__ = [
    "AuditEvent",
    "AuditSeal",
    "ErasedEvent",
    "JobBeat",
    "JobRun",
    "JobRunProblem",
    "RowVersion",
]
