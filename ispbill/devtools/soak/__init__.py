"""`manage.py soak`: people at work for an hour on a running demo while much of it breaks.

The demo's own supervisor brings back what is shot; what is watched here is that nobody's money is
lost or doubled, that nothing stays stuck, and that no process grows.
"""
