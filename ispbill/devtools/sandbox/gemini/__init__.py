"""Gemini's side of the line on the loopback: words rows as the real one would, or misbehaves."""
