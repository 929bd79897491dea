"""An append-only, signed log that anyone can check without trusting who keeps it."""
