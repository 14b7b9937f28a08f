"""Questions of the workbench, their rulings, and the labels that a ruling changes."""
