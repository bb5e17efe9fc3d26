from ispbill.api.models.kept_answer import KeptAnswer
from ispbill.api.models.token import ApiToken

__all__ = ["ApiToken", "KeptAnswer"]
