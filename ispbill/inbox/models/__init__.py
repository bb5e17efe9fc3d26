from ispbill.inbox.models.postponement import Postponement

__all__ = ["Postponement"]
