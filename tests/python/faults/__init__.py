"""The catalogue of bad inputs and faults, docs/faults.md: what is automated of it here."""
