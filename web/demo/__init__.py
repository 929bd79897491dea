"""A fictional school group, recorded through the application's own commands, the same for the same seed and day."""
