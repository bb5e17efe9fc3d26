from network.models.access import Access, RouterLog
from network.models.router import Router

__all__ = ["Access", "Router", "RouterLog"]
