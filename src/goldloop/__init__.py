"""goldloop: AI data operations, from raw data to training-ready datasets whose quality is proved."""

__version__ = "0.1.0"
