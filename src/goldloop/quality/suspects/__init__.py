"""Labels that are suspected to be wrong, by the people's record and by a model's doubt."""
