"""What can be asked for, by noun: each command loads what it needs, has it decided, and records what came of it."""
