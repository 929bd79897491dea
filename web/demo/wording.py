"""Invented sentences for the demo's assessments and reviews."""

from __future__ import annotations

NEEDS = (
    (
        "Worries before each new thing; calmer once it is familiar.",
        "Tires by midday and needs breaks planned ahead.",
        "Wants to do well and hides not understanding.",
    ),
    (
        "Finds groups of more than four hard; trusts two adults.",
        "Has one steady friend; avoids the corridor and the hall.",
        "Speaks easily with adults, seldom with pupils of the same age.",
    ),
    (
        "Reads two years below age, strong in practical work.",
        "Number work is secure; writing is avoided.",
        "Large gaps after a year of little attendance.",
    ),
)
BARRIERS = (
    ("Noise and crowding at the start of the day", "Starts at a separate entrance at a quieter time"),
    ("Anxiety when the timetable changes", "Changes told the day before, in pictures and words"),
    ("Leaves lessons when corrected before others", "Feedback given privately, agreed signal to step out"),
    ("Cannot sit at a desk for a whole lesson", "Practical tasks first, ten-minute written tasks after"),
)
RATIONALES = (
    "Learning alongside the class has broken down in spite of support; a smaller setting gives time to rebuild it.",
    "Anxiety keeps the pupil from lessons; a quiet setting with known adults is the shortest way back.",
    "The pupil engages with practical work and with nothing else at present; it carries English and maths with it.",
)
REVIEW_WORDS = (
    ("It is better than before. I like the mornings.", "Happier at home in the evenings."),
    ("I want to go back for science.", "We would like to see more writing."),
    ("It is all right.", None),
)
