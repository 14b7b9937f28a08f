"""Where data must stay, and who is cleared for it, decides who is handed work: on both databases."""

import pytest
from sqlalchemy import insert
from tests.contract.kernel import ANNOTATE, kernel, open_more

from goldloop.store.open import Store
from goldloop.store.people import change_person, person_row
from goldloop.store.schema import batch_item, item_attribute, ready, unrouted, work

GUARDED = ANNOTATE + "\nresidency: EU\nclearance: pii"


@pytest.mark.parametrize(
    ("residency", "clearance", "works"),
    [("EU", ("pii",), 1), ("US", ("pii",), 0), (None, ("pii",), 0), ("EU", ("other",), 0), ("EU", (), 0)],
)
def test_a_programmes_residency_and_clearance_are_asked_of_everybody(
    store: Store, residency: str | None, clearance: tuple[str, ...], works: int
):
    one = kernel(store, GUARDED, items=1, brings={"residency": residency, "clearance": clearance})
    assert len(one.claim("ann")) == works


def test_an_items_own_residency_and_access_are_asked_beyond_the_programmes(store: Store):
    one = kernel(store, items=2)
    with store.write() as connection:  # as if they had not been routed yet, and one of them were marked
        for table in (ready, work, batch_item):
            connection.execute(table.delete())
        rows = [{"programme_id": one.programme, "item_id": key} for key in one.items.values()]
        connection.execute(insert(unrouted), rows)
        marked = {"item_id": one.items["i0"], "number": 1, "slices": "{}", "residency": "DE", "access": "health"}
        connection.execute(insert(item_attribute), {**marked, "set_at": one.at})
    open_more(one)
    assert {held.item_id for held in one.claim("ann", 5)} == {one.items["i1"]}
    with store.write() as connection:
        before = person_row(connection, one.people["ben"]).person
        change_person(connection, one.people["ben"], before._replace(residency="DE", clearance=("health",)))
    assert {held.item_id for held in one.claim("ben", 5)} == {one.items["i0"]}
