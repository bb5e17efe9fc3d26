"""The pages under /sim/: what stands at the other end of a line, seen and steered."""
