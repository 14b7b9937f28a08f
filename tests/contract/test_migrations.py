"""A database is made, upgraded or refused; never guessed at."""
