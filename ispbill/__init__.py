"""ispbill: software that runs an Internet service provider."""
