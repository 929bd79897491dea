"""The rules as pure functions of facts and dates (model §3.7): each says what it refuses and what would satisfy it."""
