"""DECIDE: pure rules. Values in, values out; no clock, no I/O, no framework."""
