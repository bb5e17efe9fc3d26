"""A provider of SMS, WhatsApp and e-mail on the loopback that keeps every message it gets."""
