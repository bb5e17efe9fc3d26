"""Files of banks and payment providers: taken in, read, matched, and what they became."""
