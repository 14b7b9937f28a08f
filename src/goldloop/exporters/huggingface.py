"""A Hugging Face folder: Parquet under `data/` and a card that says how to load it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field

from goldloop.core.families import Exported, Exporter, Row, Task, exporter
from goldloop.core.ontology import Ontology
from goldloop.exporters.columnar import as_columns, columns_of, write_splits
from goldloop.exporters.losses import JUDGEMENTS, Tally
from goldloop.exporters.shapes import feature


@exporter("huggingface.v1")
class HuggingFace(Exporter):
    """A folder that `datasets.load_dataset(folder)` loads without a network: `README.md` and `data/*.parquet`."""

    split: str = Field(
        default="train", pattern=r"^[a-z][a-z0-9_]{0,31}$", description="name of the split of rows that have none"
    )
    title: str = Field(default="Dataset", min_length=1, description="heading of the card")
    licence: str = Field(default="", description="licence id that the card states, such as cc-by-4.0")

    def write(self, rows: Iterable[Row], to: Path, *, task: Task, ontology: Ontology) -> Exported:
        """Write `data/SPLIT-00000-of-00001.parquet` for every split, and `README.md`."""
        tally = Tally()

        def counted() -> Iterator[Row]:
            for row in rows:
                tally.add(JUDGEMENTS, when=bool(row.judgements))
                yield row

        columns = columns_of(task, judgements=False)
        data, rows_of = to / "data", Counter[str]()
        data.mkdir(exist_ok=True)

        def split() -> Iterator[dict[str, Any]]:
            for values in as_columns(counted(), columns, task=task, ontology=ontology):
                rows_of[values["split"] or self.split] += 1
                yield values

        files = write_splits(split(), columns, data, usual=self.split)
        sizes = {name: file.stat().st_size for name, file in files.items()}
        info: dict[str, Any] = {
            "features": [{"name": name, **feature(shape)} for name, shape in columns.items()],
            "splits": [
                {"name": name, "num_examples": rows_of[name], "num_bytes": size} for name, size in sizes.items()
            ],
            "download_size": sum(sizes.values()),
            "dataset_size": sum(sizes.values()),
        }
        listed = [{"split": name, "path": f"data/{name}-*"} for name in files]
        head: dict[str, Any] = {"license": self.licence} if self.licence else {}
        head |= {"configs": [{"config_name": "default", "data_files": listed}], "dataset_info": info}
        (to / "README.md").write_text(
            _card(head, self.title, task, ontology, rows_of.total()), encoding="utf-8", newline="\n"
        )
        named = (file.relative_to(to).as_posix() for file in files.values())
        return Exported(files=("README.md", *named), rows=rows_of.total(), losses=tally.losses())


def _card(head: dict[str, Any], title: str, task: Task, ontology: Ontology, count: int) -> str:
    front = yaml.safe_dump(head, sort_keys=False, allow_unicode=True)
    labels = "\n".join(
        f"- `{label.id}` {label.name}" + (f": {label.definition}" if label.definition else "")
        for label in ontology.labels
    )
    return f"---\n{front}---\n\n# {title}\n\n{count} rows, task `{task.name}`.\n\n## Labels\n\n{labels}\n"
