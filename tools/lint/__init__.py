"""Checks of SQL, property files and layering: `python -m tools.lint` runs them all."""
