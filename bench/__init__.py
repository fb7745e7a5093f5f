"""Measurements: each module measures one thing and says what its figure means."""
