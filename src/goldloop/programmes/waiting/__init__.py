"""What waits for somebody's word, in every programme they have a part in."""
