"""Data and results of published worked examples of agreement, as printed there."""
from __future__ import annotations

# Shrout & Fleiss, Psychol Bull 1979;86:420, table 2: six targets, four judges.
SHROUT_FLEISS = ((9, 2, 5, 8), (6, 1, 3, 2), (8, 4, 6, 8), (7, 1, 2, 6), (10, 5, 6, 9), (6, 2, 4, 7))

# Bland & Altman, Lancet 1986;i:307, table 1: PEFR (l/min) of 17 people, Wright meter twice, mini meter twice.
PEFR = (
    (494, 490, 512, 525), (395, 397, 430, 415), (516, 512, 520, 508), (434, 401, 428, 444), (476, 470, 500, 500),
    (557, 611, 600, 625), (413, 415, 364, 460), (442, 431, 380, 390), (650, 638, 658, 642), (433, 429, 445, 432),
    (417, 420, 432, 420), (656, 633, 626, 605), (267, 275, 260, 227), (478, 492, 477, 467), (178, 165, 259, 268),
    (423, 372, 350, 370), (427, 421, 451, 443),
)

# Bland & Altman, BMJ 1996;313:744: PEFR (l/min) of 20 schoolchildren, four times each.
CHILDREN = (
    (190, 220, 200, 200), (220, 200, 240, 230), (260, 260, 240, 280), (210, 300, 280, 265), (270, 265, 280, 270),
    (280, 280, 270, 275), (260, 280, 280, 300), (275, 275, 275, 305), (280, 290, 300, 290), (320, 290, 300, 290),
    (300, 300, 310, 300), (270, 250, 330, 370), (320, 330, 330, 330), (335, 320, 335, 375), (350, 320, 340, 365),
    (360, 320, 350, 345), (330, 340, 380, 390), (335, 385, 360, 370), (400, 420, 425, 420), (430, 460, 480, 470),
)

# influentialpoints.com, "Coefficient of variation": packed cell volume (%) of ten cows, twice each.
COWS = ((33, 35), (26, 23), (29, 29), (32, 35), (31, 28), (31, 31), (31, 34), (31, 29), (35, 33), (21, 24))

# Boyd and others, J Natl Cancer Inst 1982;68:357 (Stata manual, `kappa`, example 4): two radiologists, 85 images.
_RADIOLOGISTS = ((21, 12, 0, 0), (4, 17, 1, 0), (3, 9, 15, 2), (0, 0, 0, 1))
RADIOLOGISTS = tuple(
    (first, second) for first in range(4) for second in range(4) for _ in range(_RADIOLOGISTS[first][second])
)
