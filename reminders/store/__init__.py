"""REMEMBER: everything that is kept, in PostgreSQL, and the only statements that change it."""
