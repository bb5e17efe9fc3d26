from ispbill.audit.models.event import AuditEvent
from ispbill.audit.models.job_run import JobRun, JobRunProblem
from ispbill.audit.models.row_version import RowVersion

__all__ = ["AuditEvent", "JobRun", "JobRunProblem", "RowVersion"]
