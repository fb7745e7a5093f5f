"""The small version of the bench: shapes that hold on any machine, and the tools that measure."""
