"""Tests of the checker of looks.  They need PyTorch and say so loudly where it is missing."""

from __future__ import annotations

import json
import sys
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
try:
    import numpy as np
    import torch
except ImportError as error:  # pragma: no cover
    print(f"\n*** SKIPPED: the training tests need PyTorch and numpy ({error}) ***\n", file=sys.stderr)
    raise unittest.SkipTest(str(error)) from error

from motif_training import captions, look_checker  # noqa: E402
from motif_training.generic_world import dead_leaves  # noqa: E402
from motif_training.look_features import features, probe_picture, resize  # noqa: E402
from motif_training.looks import apply_look  # noqa: E402

SHIPPED = HERE.parents[2] / "tests" / "eval" / "look-checker.json"


class LookChecker(unittest.TestCase):
    def test_resizing_keeps_what_is_even_and_the_mean(self):
        self.assertTrue(np.allclose(resize(np.full((37, 50, 3), 0.25), 160), 0.25))
        picture = np.random.default_rng(0).uniform(0, 1, (320, 200, 3))
        self.assertAlmostEqual(float(resize(picture, 160).mean()), float(picture.mean()), places=3)

    def test_the_shipped_checker_belongs_to_these_features(self):
        checker = json.loads(SHIPPED.read_text())
        self.assertEqual(checker["looks"], captions.LOOKS)
        self.assertTrue(np.allclose(features(probe_picture()), checker["probe"], atol=1e-4))
        self.assertLess(SHIPPED.stat().st_size, 200_000)

    def test_the_shipped_checker_names_looks_of_pictures_it_has_not_seen(self):
        checker = json.loads(SHIPPED.read_text())
        right = 0
        for seed in range(4):
            picture = dead_leaves(np.random.default_rng(900 + seed), 160, 256)[None]
            rows = np.stack([features(apply_look(picture, look, seed)[0].permute(1, 2, 0).numpy()) for look in captions.LOOKS])
            right += int((look_checker.name_looks(checker, rows) == np.arange(8)).sum())
        self.assertGreaterEqual(right, 29)

    def test_learns_from_a_few_pictures(self):
        torch.set_num_threads(2)
        rows, names = look_checker.examples(5, 12)
        checker = look_checker.fit(rows, names, epochs=30)
        self.assertGreater((look_checker.name_looks(checker, rows) == names).mean(), 0.8)


if __name__ == "__main__":
    unittest.main()
