"""What patients and drivers answer: a text becomes an intent by rules that anybody can read, never by a guess."""
