"""Plans: a programme simulated before it starts, and held against what was measured when it ran.

assumptions or measurements -> cells of items, routed by the policy's own rules -> what becomes of every item
                            -> queues of people, day by day -> cost, duration, accuracy, promises

Everything but `pilot`, `replay` and `job` is pure. What comes out is simulated, and says so.
"""
