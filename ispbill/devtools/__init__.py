"""Tools for development and the demo: nothing in production imports them."""
