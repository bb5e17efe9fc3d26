from churn.models.retention import ChurnEpisode, ChurnSettings, ChurnWording, RetentionTask
from churn.models.score import ChurnCut, ChurnModel, ChurnObservation, ChurnScore

__all__ = [
    "ChurnCut",
    "ChurnEpisode",
    "ChurnModel",
    "ChurnObservation",
    "ChurnScore",
    "ChurnSettings",
    "ChurnWording",
    "RetentionTask",
]
