"""Numbered migrations: expand, backfill, contract; each must work beside the code already running."""
