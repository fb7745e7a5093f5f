"""Tests of the room DO."""
