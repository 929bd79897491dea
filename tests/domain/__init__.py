"""The rules of placements, in memory and by the application's own commands."""
