"""What a dataset shares with the sets that models are evaluated on."""
