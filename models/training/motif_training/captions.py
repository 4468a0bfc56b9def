"""Words of the motion world: how a scene is said, with varied wording."""

from __future__ import annotations

import numpy as np

COLOURS: dict[str, tuple[int, int, int]] = {
    "red": (222, 32, 38), "orange": (250, 134, 20), "yellow": (250, 222, 40), "green": (36, 182, 66),
    "blue": (30, 84, 226), "purple": (136, 44, 190), "pink": (252, 128, 184), "white": (250, 250, 250),
    "black": (22, 22, 24), "brown": (122, 74, 36), "cyan": (40, 208, 222), "grey": (128, 132, 138),
}
"""Name to sRGB of every subject colour."""

MOTIONS = [
    "right", "left", "up", "down", "up-right", "up-left", "down-right", "down-left",
    "bounce", "orbit", "zigzag", "spiral", "grow", "spin", "wave", "stop-and-go",
]
"""All motions; the first eight are directions of travel."""

DIRECTIONS = MOTIONS[:8]

BACKGROUNDS = [
    "plain", "sky", "sea", "meadow", "night", "desert", "gradient", "city", "snow", "forest", "space", "sunset",
]

LOOKS = ["flat", "watercolor", "ink sketch", "neon", "pixel art", "oil", "comic halftone", "noir"]

_LOOK_WORDINGS = {
    "flat": ["flat colours", "flat animation", "cartoon", "cel shaded", "cartoon animation"],
    "watercolor": ["watercolour", "watercolor painting", "watercolour painting", "a soft watercolor"],
    "ink sketch": ["sketch", "ink drawing", "pencil sketch", "pencil drawing", "line drawing", "a drawing in black ink"],
    "neon": ["neon lights", "glowing neon", "neon glow", "glowing lines at night"],
    "pixel art": ["pixels", "8 bit", "retro game", "retro pixel game", "low resolution pixel art", "mosaic"],
    "oil": ["oil painting", "oil on canvas", "brush strokes", "a painting"],
    "comic halftone": ["comic", "comic book", "halftone", "pop art", "comic book with halftone dots"],
    "noir": ["film noir", "black and white", "monochrome", "black and white film"],
}


def style_prompts(look: str) -> list[str]:
    """How a look is asked for; the first is what the gallery of the pack says."""
    return [f"{look} style", look, f"in {look} style", *_LOOK_WORDINGS[look]]


def look_words() -> list[str]:
    """Every word that asks for a look, in a fixed order."""
    return list(dict.fromkeys(word for look in LOOKS for prompt in style_prompts(look) for word in prompt.split()))


_PLACES = {
    "plain": ["on a plain background", "on a grey background", "in an empty room"],
    "sky": ["in the sky", "across the sky", "in a blue sky with clouds"],
    "sea": ["in the sea", "in the ocean", "under water"],
    "meadow": ["on a meadow", "on the grass", "in a green field"],
    "night": ["at night", "in the night", "under the stars"],
    "desert": ["in the desert", "on the sand", "over the dunes"],
    "gradient": ["on a gradient", "in front of soft colours", "on a smooth background"],
    "city": ["in the city", "in front of houses", "in town"],
    "snow": ["in the snow", "on a snowy hill", "in winter"],
    "forest": ["in the forest", "among the trees", "in the woods"],
    "space": ["in space", "among the planets", "in outer space"],
    "sunset": ["at sunset", "in the evening sun", "in the evening"],
}

# plain form, -ing form
_VERBS = {
    "fish": [("swims", "swimming")], "whale": [("swims", "swimming")], "turtle": [("swims", "swimming"), ("crawls", "crawling")],
    "duck": [("swims", "swimming"), ("walks", "walking")],
    "bird": [("flies", "flying")], "butterfly": [("flies", "flying"), ("flutters", "fluttering")],
    "plane": [("flies", "flying")], "helicopter": [("flies", "flying")], "rocket": [("flies", "flying"), ("shoots", "shooting")],
    "balloon": [("floats", "floating"), ("drifts", "drifting")],
    "cat": [("walks", "walking"), ("runs", "running")], "dog": [("runs", "running"), ("walks", "walking")],
    "rabbit": [("hops", "hopping"), ("runs", "running")], "snake": [("crawls", "crawling"), ("slides", "sliding")],
    "car": [("drives", "driving")], "truck": [("drives", "driving")], "train": [("drives", "driving"), ("rolls", "rolling")],
    "bicycle": [("rides", "riding"), ("rolls", "rolling")], "boat": [("sails", "sailing"), ("floats", "floating")],
    "ball": [("rolls", "rolling"), ("flies", "flying")],
}
_COMMON_VERBS = [("moves", "moving"), ("goes", "going"), ("travels", "travelling")]

_DIRECTION_WORDS = {
    "right": ["right", "to the right", "rightwards", "from left to right"],
    "left": ["left", "to the left", "leftwards", "from right to left"],
    "up": ["up", "upwards", "straight up"],
    "down": ["down", "downwards", "straight down"],
    "up-right": ["up and to the right", "diagonally up right", "up right"],
    "up-left": ["up and to the left", "diagonally up left", "up left"],
    "down-right": ["down and to the right", "diagonally down right", "down right"],
    "down-left": ["down and to the left", "diagonally down left", "down left"],
}

_OTHER_MOTIONS = {
    "bounce": [("bounces", "bouncing"), ("jumps", "jumping"), ("jumps up and down", "jumping up and down")],
    "orbit": [("circles", "circling"), ("goes around in a circle", "going around in a circle")],
    "zigzag": [("zigzags", "zigzagging"), ("moves in a zigzag", "moving in a zigzag")],
    "spiral": [("spirals", "spiralling"), ("moves in a spiral", "moving in a spiral")],
    "grow": [("grows", "growing"), ("gets bigger", "getting bigger")],
    "spin": [("spins", "spinning"), ("turns around", "turning around")],
    "wave": [("waves along", "waving along"), ("moves in waves", "moving in waves")],
    "stop-and-go": [("stops and goes", "stopping and going"), ("moves, stops and moves on", "moving, stopping and moving on")],
}

SIZES = {"small": 0.7, "": 1.0, "big": 1.3}


def _pick(rng: np.random.Generator, options: list, first: float = 0.5):
    """One of the options; the first (the usual wording) with probability ``first``."""
    if len(options) == 1 or rng.random() < first:
        return options[0]
    return options[1 + int(rng.integers(len(options) - 1))]


def motion_phrase(rng: np.random.Generator, subject: str, motion: str, gerund: bool) -> str:
    """Verb and direction, for example "swims to the left"."""
    form = 1 if gerund else 0
    if motion in _DIRECTION_WORDS:
        own = _VERBS.get(subject, _COMMON_VERBS)
        verbs = _COMMON_VERBS if rng.random() < 0.25 else own
        return f"{_pick(rng, verbs, 0.7)[form]} {_pick(rng, _DIRECTION_WORDS[motion], 0.8)}"
    return _pick(rng, _OTHER_MOTIONS[motion])[form]


def noun_phrase(rng: np.random.Generator, subject: str, colour: str, size: str, article: str | None = None) -> str:
    """Article, size, colour and subject."""
    article = article if article is not None else _pick(rng, ["a", "the", "one"], 0.8)
    words = [article, size, colour, subject]
    text = " ".join(word for word in words if word)
    return text.replace("a orange", "an orange") if text.startswith("a orange") else text


def caption(
    rng: np.random.Generator,
    subjects: list[tuple[str, str, str]],
    motions: list[list[str]],
    background: str,
    look: str = "flat",
    drop: float = 0.06,
) -> str:
    """Says a scene in words.

    ``subjects`` holds (subject, colour, size word) and ``motions`` one or two events for each of them.
    With probability ``drop`` the background is left unsaid.
    """
    parts = []
    for (subject, colour, size), events in zip(subjects, motions):
        style = rng.random()
        gerund = style > 0.6
        be = "is " if 0.6 < style <= 0.8 else ""
        told = [be + motion_phrase(rng, subject, events[0], gerund)]
        told += [motion_phrase(rng, subject, event, gerund) for event in events[1:]]
        parts.append(f"{noun_phrase(rng, subject, colour, size)} " + _pick(rng, [", then ", " and then "]).join(told))
    text = " and ".join(parts)
    if rng.random() >= drop:
        place = _pick(rng, _PLACES[background], 0.6)
        text = f"{place}, {text}" if rng.random() < 0.1 else f"{text} {place}"
    if look != "flat":
        text = f"{text}, {look} style" if rng.random() < 0.7 else f"{look} of {text}"
    elif rng.random() < 0.05:
        text = f"{text}, flat style"
    return text


def vocabulary() -> list[str]:
    """Every word that any caption can hold, and a few neighbours, in a fixed order."""
    phrases: list[str] = ["a an the one two and then , of style with is are background at in on over under across"]
    phrases += list(COLOURS) + LOOKS + [s for s in SIZES if s]
    for table in (_PLACES, _DIRECTION_WORDS):
        for options in table.values():
            phrases += options
    for options in list(_VERBS.values()) + list(_OTHER_MOTIONS.values()) + [_COMMON_VERBS]:
        for pair in options:
            phrases += list(pair)
    from .silhouettes import NAMES

    phrases += NAMES + MOTIONS
    phrases += ["large little tiny huge slowly quickly fast slow still stands away toward towards circle round gray "
                "video clip cartoon drawing painting low resolution blur . ! ? -"]
    words: dict[str, None] = {}
    for phrase in phrases:
        for word in phrase.replace(",", " , ").replace("-", " ").split():
            words.setdefault(word)
    words.setdefault("-")
    return list(words)
