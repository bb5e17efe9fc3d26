from ispbill.inbox.models.notice import Notice
from ispbill.inbox.models.postponement import Postponement

__all__ = ["Notice", "Postponement"]
