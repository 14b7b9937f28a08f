"""Whether a model's confidence can be believed, and thresholds that keep an error bound."""
