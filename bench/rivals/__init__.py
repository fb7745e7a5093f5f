"""What a user would pick instead, each doing less than ours: two committed writes a reminder, and nothing else."""
