from signup.legacy.models.record import LegacyRecord, ValidationIssue

__all__ = ["LegacyRecord", "ValidationIssue"]
