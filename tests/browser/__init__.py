"""What a person meets: the real service, a real browser, every page, with and without JavaScript."""
