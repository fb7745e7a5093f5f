"""SHOW: webhooks, health and pages."""
