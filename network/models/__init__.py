from network.models.access import Access, Leftover, RouterLog
from network.models.router import Router

__all__ = ["Access", "Leftover", "Router", "RouterLog"]
