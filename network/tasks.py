"""Celery entry points of the network: leaves that call this app's services."""
