"""What a person at work asks for: work, their own page, their guidelines."""
