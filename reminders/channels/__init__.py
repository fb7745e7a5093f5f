"""SPEAK: one module for each provider, all behind the port in `base`."""
