"""Tests of the room REMEMBER."""
