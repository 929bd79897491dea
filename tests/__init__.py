"""Every test of the project; `python3 tests` runs them all."""
