"""Boxes in images and cuboids in point clouds: overlap, matching, F1, and agreement of several annotators.

Shapes (rows of numbers, any unit):
    box      x1, y1, x2, y2                    upright, in the plane
    rotated  cx, cy, width, height, angle      radians, anticlockwise, about the centre
    cuboid   cx, cy, cz, length, width, height, yaw   turned about the vertical axis only
"""

from goldloop.stats.boxes.alpha import alpha
from goldloop.stats.boxes.matching import Matches, matched
from goldloop.stats.boxes.overlap import iou
from goldloop.stats.boxes.score import Score, score

__all__ = ["Matches", "Score", "alpha", "iou", "matched", "score"]
