from churn.models.retention import ChurnEpisode, ChurnSettings, ChurnWording, RetentionTask
from churn.models.score import ChurnCut, ChurnModel, ChurnObservation, ChurnScore, ChurnTrial

__all__ = [
    "ChurnCut",
    "ChurnEpisode",
    "ChurnModel",
    "ChurnObservation",
    "ChurnScore",
    "ChurnSettings",
    "ChurnTrial",
    "ChurnWording",
    "RetentionTask",
]
