"""The audit of masking: what detectors left, found by people with clearance."""
