"""The rows of a whole programme: how they leave, and how they arrive under keys that are free there."""
