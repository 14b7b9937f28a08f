"""What labels cost, what suggestions save, where the money goes."""
