"""Where people who answered unseen of each other agree, and what they disagree about."""
