"""Tests of the room DECIDE."""
