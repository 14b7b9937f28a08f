"""Error rates of transcripts against a reference: words or characters, per utterance and over the corpus."""

from goldloop.stats.transcripts.edits import edit_distance
from goldloop.stats.transcripts.rates import Rates, cer, wer

__all__ = ["Rates", "cer", "edit_distance", "wer"]
