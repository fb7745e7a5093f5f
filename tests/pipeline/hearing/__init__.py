"""Texts from patients, drivers and strangers."""
