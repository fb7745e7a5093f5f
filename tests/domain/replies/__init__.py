"""Replies: what the rules promise beyond the corpus."""
