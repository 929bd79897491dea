"""What the facts add up to: disposable read models, caught up exactly once and asked by (day, position)."""
