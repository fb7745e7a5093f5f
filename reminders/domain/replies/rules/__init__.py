"""The tables: every word and turn of phrase that means something, English and Spanish side by side."""
