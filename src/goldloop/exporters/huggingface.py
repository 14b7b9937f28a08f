"""A Hugging Face folder: Parquet under `data/` and a card that says how to load it."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field

from goldloop.core.families import Exported, Exporter, Row, Task, exporter
from goldloop.core.ontology import Ontology
from goldloop.exporters.columnar import as_columns, columns_of, write_parquet
from goldloop.exporters.losses import JUDGEMENTS, Tally
from goldloop.exporters.shapes import feature


@exporter("huggingface.v1")
class HuggingFace(Exporter):
    """A folder that `datasets.load_dataset(folder)` loads without a network: `README.md` and `data/*.parquet`."""

    split: str = Field(default="train", pattern=r"^[a-z][a-z0-9_]{0,31}$", description="name of the split")
    title: str = Field(default="Dataset", min_length=1, description="heading of the card")
    licence: str = Field(default="", description="licence id that the card states, such as cc-by-4.0")

    def write(self, rows: Iterable[Row], to: Path, *, task: Task, ontology: Ontology) -> Exported:
        """Write `data/SPLIT-00000-of-00001.parquet` and `README.md`."""
        tally = Tally()

        def counted() -> Iterator[Row]:
            for row in rows:
                tally.add(JUDGEMENTS, when=bool(row.judgements))
                yield row

        columns = columns_of(task, judgements=False)
        data = to / "data" / f"{self.split}-00000-of-00001.parquet"
        data.parent.mkdir(exist_ok=True)
        count = write_parquet(as_columns(counted(), columns, task=task, ontology=ontology), columns, data)
        size = data.stat().st_size
        info: dict[str, Any] = {
            "features": [{"name": name, **feature(shape)} for name, shape in columns.items()],
            "splits": [{"name": self.split, "num_examples": count, "num_bytes": size}],
            "download_size": size,
            "dataset_size": size,
        }
        files = [{"split": self.split, "path": f"data/{self.split}-*"}]
        head: dict[str, Any] = {"license": self.licence} if self.licence else {}
        head |= {"configs": [{"config_name": "default", "data_files": files}], "dataset_info": info}
        (to / "README.md").write_text(_card(head, self.title, task, ontology, count), encoding="utf-8", newline="\n")
        return Exported(files=("README.md", str(data.relative_to(to).as_posix())), rows=count, losses=tally.losses())


def _card(head: dict[str, Any], title: str, task: Task, ontology: Ontology, count: int) -> str:
    front = yaml.safe_dump(head, sort_keys=False, allow_unicode=True)
    labels = "\n".join(
        f"- `{label.id}` {label.name}" + (f": {label.definition}" if label.definition else "")
        for label in ontology.labels
    )
    return f"---\n{front}---\n\n# {title}\n\n{count} rows, task `{task.name}`.\n\n## Labels\n\n{labels}\n"
