"""`goldloop stats`: the statistics by themselves, from a table in a file, with no server."""

from goldloop.cli import stats_agreement, stats_comparing, stats_deciding, stats_labels
from goldloop.cli.nouns import noun

app = noun("Statistics from a CSV, JSONL or Parquet table, with no server.")
VERBS = (
    stats_agreement.agreement,
    stats_labels.truth,
    stats_labels.share,
    stats_deciding.plan,
    stats_deciding.threshold,
    stats_deciding.harm,
    stats_comparing.compare,
    stats_comparing.rank,
    stats_comparing.drift,
)
for verb in VERBS:
    app.command(verb.__name__)(verb)
