"""The client's word on batches that passed."""
