"""The operating model: reads and makes Programme, Policy and Release; follows every label through its lineage."""
