"""The tests, one folder a room; packages, so that two rooms may have a module of the same name."""
