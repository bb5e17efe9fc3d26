"""Netcash (South Africa): mandates, debit-order batches, their results; see docs/adr/0021."""
