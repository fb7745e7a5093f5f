"""Tests of the room SPEAK."""
