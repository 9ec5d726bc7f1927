"""How many deliberate mistakes in the models the tests notice: `python -m tools.mutation`."""
