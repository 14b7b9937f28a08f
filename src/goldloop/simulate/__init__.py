"""A simulated workforce: people with known weaknesses, who work through the public API like everybody else.

Who they are and how well they label is in the hand of the caller, so that what goldloop measures can be held against
what is true. They are registered as simulated, which stays on the record for ever.
"""

from goldloop.simulate.hire import Worker, hire
from goldloop.simulate.people import Persona, crew
from goldloop.simulate.run import Tally, work_off
from goldloop.simulate.truth import Truth, key_of, truth_of

__all__ = ["Persona", "Tally", "Truth", "Worker", "crew", "hire", "key_of", "truth_of", "work_off"]
