"""The command line: one module for each group of commands.

Exit status: 0 done, 1 refused (the message says why), 2 wrong usage.
"""
