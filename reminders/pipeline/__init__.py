"""DO: one module for each step of appointment → plan → message → claim → send → receipt."""
