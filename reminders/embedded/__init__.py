"""Everything on one machine: PostgreSQL and Valkey from wheels, and the processes of `up`."""
