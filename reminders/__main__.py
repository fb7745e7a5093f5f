"""`python -m reminders` and the `reminders` command."""

from reminders.cli.app import main

__all__ = ["main"]

if __name__ == "__main__":
    main()
