"""What needs doing: each rule says, of plain facts and a day, what is due, whose it is and what clears it."""
