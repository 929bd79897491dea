"""What the facts add up to: disposable rows, rebuilt from the log at any time."""
