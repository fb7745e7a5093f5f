"""LISTEN: one module for each format that appointments arrive in."""
