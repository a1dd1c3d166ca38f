"""The demonstration county: fixtures/demo carried out through the real services, each event at its own date."""
