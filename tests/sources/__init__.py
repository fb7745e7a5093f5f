"""Tests of the room LISTEN."""
