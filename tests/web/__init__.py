"""Tests of the room SHOW."""
