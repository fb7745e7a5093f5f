"""The torture test: the real system, a stand-in for Twilio with a ledger of its own, and faults from a seeded plan."""
