"""Comparing: how many items of a take-in repeat a content that the programme holds already.

Digests have no order, so an index that takes each of them as its row comes in touches a page a row: a quarter of an
import. They are put in order instead, many at a time, when the rows are in.
"""

import time
from itertools import count

from goldloop.jobs.running import Running
from goldloop.store.contents import add_contents, digests_taken

PAGE = 50_000  # digests that are put in order at a time
STEP = 1_000  # of one transaction
BREATH = 0.0005  # seconds between transactions in which a waiting submit gets its turn


def compare_contents(job: Running, take_in_id: int, programme_id: int) -> int:
    """How many items have the same content as an earlier one. Goes on where the job's resume token says."""
    compared, same = job.resume["compared"] if isinstance(job.resume, dict) else (0, 0)
    for start in count(compared // PAGE * PAGE, PAGE):
        with job.store.read() as connection:
            page = sorted(digests_taken(connection, take_in_id, offset=start, limit=PAGE))
        for at in range(compared - start, len(page), STEP):
            part = page[at : at + STEP]
            with job.store.write(durable=False) as connection:
                same += len(part) - add_contents(connection, programme_id, part)
                compared += len(part)
                job.save(connection, note=f"compared {compared:,} contents", resume={"compared": (compared, same)})
            time.sleep(BREATH)
        if len(page) < PAGE:
            break
    return same
