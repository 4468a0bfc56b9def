"""Tests of the training code: python -m unittest discover models/training/tests.  They need PyTorch and say so loudly where it is missing."""

from __future__ import annotations

import shutil
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
try:
    import numpy as np
    import torch

    import onnx  # noqa: F401
    import safetensors  # noqa: F401
except ImportError as error:  # pragma: no cover
    print(f"\n*** SKIPPED: the training tests need PyTorch, numpy, onnx and safetensors ({error}) ***\n", file=sys.stderr)
    raise unittest.SkipTest(str(error)) from error

from motif_training import captions, diffusion, evaluate, fused_norm, silhouettes  # noqa: E402
from motif_training import motion_world as world  # noqa: E402
from motif_training.generic_world import generic_clip  # noqa: E402
from motif_training.looks import apply_look  # noqa: E402
from motif_training.tokenizer import encode, tokenizer_json  # noqa: E402

torch.set_num_threads(2)


class Worlds(unittest.TestCase):
    def test_has_what_the_design_asks_for(self):
        self.assertGreaterEqual(len(silhouettes.NAMES), 24)
        self.assertEqual((len(captions.COLOURS), len(captions.MOTIONS), len(captions.BACKGROUNDS), len(captions.LOOKS)), (12, 16, 12, 8))

    def test_every_subject_motion_background_and_look_renders(self):
        rng = np.random.default_rng(0)
        for i in range(27):
            scene = world.build_scene(rng, world.FULL, [(silhouettes.NAMES[i], "red", [captions.MOTIONS[i % 16]])], captions.BACKGROUNDS[i % 12])
            scene.look = captions.LOOKS[i % 8]
            clip = world.render([scene], world.clip_times(4), 20, 32)  # three would fall on the same point of a bounce
            self.assertEqual(tuple(clip.shape), (1, 3, 4, 20, 32))
            self.assertTrue(torch.isfinite(clip).all())
            self.assertGreater((clip[:, :, 0] - clip[:, :, 1]).abs().max().item(), 0.05, f"{scene.caption} does not move")

    def test_same_seed_same_scene(self):
        one, two = (world.render([world.sample_scene(np.random.default_rng(3), world.FULL)], [0, 0.5], 20, 32) for _ in range(2))
        self.assertTrue(torch.equal(one, two))

    def test_low_and_high_resolution_agree(self):
        scene = world.sample_scene(np.random.default_rng(4), world.FIRST)
        low, high = world.render([scene], [0.3], 40, 64), world.render([scene], [0.3], 160, 256)
        reduced = torch.nn.functional.interpolate(high[:, :, 0], size=(40, 64), mode="area")
        self.assertLess((reduced - low[:, :, 0]).abs().mean().item(), 0.02)

    def test_training_never_draws_held_out_combinations(self):
        rng = np.random.default_rng(5)
        for _ in range(200):
            scene = world.sample_scene(rng, world.FULL)
            for actor in scene.actors:
                for motion in actor.motions:
                    self.assertFalse(world.held_out(actor.subject, actor.colour, motion, scene.background))
        self.assertTrue(any(world.held_out(a.subject, a.colour, m, s.background) for s in [world.sample_scene(rng, world.FULL, only_held_out=True)]
                            for a in s.actors for m in a.motions))

    def test_captions_use_known_words_and_fit(self):
        rng = np.random.default_rng(6)
        texts = [world.sample_scene(rng, world.FULL).caption for _ in range(300)]
        ids, _ = encode(texts)
        self.assertFalse((ids == 2).any(), [t for t, row in zip(texts, ids) if (row == 2).any()][:3])
        self.assertGreater(len(set(texts)), 250)

    def test_checkers_read_rendered_clips(self):
        scenes = evaluate.held_out_prompts(24, 0, world.FIRST)
        clips = world.render(scenes, world.clip_times(8), 40, 64)
        result, _ = evaluate.score(clips, scenes, world.FIRST)
        self.assertGreaterEqual(result["subject"], 0.85)
        self.assertGreaterEqual(result["colour"], 0.95)
        self.assertGreaterEqual(result["direction"], 0.95)

    def test_generic_clip_moves(self):
        clip = generic_clip(np.random.default_rng(7), 4, 32, 48)
        self.assertEqual(tuple(clip.shape), (3, 4, 32, 48))
        self.assertGreater((clip[:, 0] - clip[:, 3]).abs().mean().item(), 0.005)


class Looks(unittest.TestCase):
    def setUp(self):
        self.frame = (generic_clip(np.random.default_rng(8), 1, 320, 384)[:, 0][None] + 1) / 2

    def test_every_look_changes_a_picture_in_its_own_way(self):
        drawn = [apply_look(self.frame, look, 1) for look in captions.LOOKS]
        for one in range(8):
            self.assertGreater((drawn[one] - self.frame).abs().mean().item(), 0.004, captions.LOOKS[one])
            for other in range(one):
                self.assertGreater((drawn[one] - drawn[other]).abs().mean().item(), 0.02, f"{captions.LOOKS[one]}, {captions.LOOKS[other]}")

    def test_a_crop_on_the_grid_is_drawn_like_the_whole_frame(self):
        for look in ("flat", "ink sketch", "neon", "pixel art", "oil", "comic halftone", "noir"):  # watercolor draws random grain
            whole = apply_look(self.frame, look)[:, :, 96:176, 128:240]
            part = apply_look(self.frame[:, :, 64:208, 96:272], look, unit=8)[:, :, 32:112, 32:144]
            self.assertLess((whole - part).abs().max().item(), 1e-4, look)


class Mathematics(unittest.TestCase):
    def test_schedule_has_the_golden_values(self):
        abar = diffusion.cosine_abar()
        for t, value in ((0, 9.99958694e-1), (100, 0.97157162), (500, 0.49228504), (995, 3.88598e-5)):
            self.assertAlmostEqual(abar[t].item() / value, 1, places=4)
        self.assertEqual(diffusion.schedule(75, abar)[:4], [995, 982, 968, 955])

    def test_sampler_has_the_golden_value(self):
        # show a model output of 0.3 * x as noise: N = 20 ends at 45.685
        abar = diffusion.cosine_abar().double()
        end = diffusion.sample(lambda x, t: 0.3 * x, torch.ones(1, dtype=torch.float64), diffusion.schedule(20, abar), abar, "epsilon", clip=False)
        self.assertAlmostEqual(end.item(), 45.68563703, places=2)

    def test_velocity_gives_x0_back(self):
        x0, noise, ab = torch.randn(2, 3), torch.randn(2, 3), torch.tensor([0.3, 0.9])
        xt, v = diffusion.add_noise(x0, noise, ab), diffusion.velocity(x0, noise, ab)
        again = ab.sqrt()[:, None] * xt - (1 - ab).sqrt()[:, None] * v
        self.assertTrue(torch.allclose(again, x0, atol=1e-5))

    def test_fused_norm_equals_torch(self):
        g = torch.Generator().manual_seed(0)
        for activation in ("none", "silu", "gelu"):
            x = torch.randn(3, 20, 64, generator=g, requires_grad=True)
            w, b = (torch.randn(64, generator=g, requires_grad=True) for _ in range(2))
            s, t = (torch.randn(3, 64, generator=g, requires_grad=True) for _ in range(2))
            fast = fused_norm.fused_norm(x, w, b, 16, 1e-5, activation, s, t)
            y = torch.nn.functional.group_norm(x.transpose(1, 2), 16, w, b, 1e-5).transpose(1, 2) * (1 + s[:, None]) + t[:, None]
            slow = {"none": lambda v: v, "silu": torch.nn.functional.silu, "gelu": torch.nn.functional.gelu}[activation](y)
            self.assertTrue(torch.allclose(fast, slow, atol=1e-5))
            seed = torch.randn(fast.shape, generator=g)
            for one, two in zip(torch.autograd.grad(fast, [x, w, b, s, t], seed), torch.autograd.grad(slow, [x, w, b, s, t], seed)):
                self.assertTrue(torch.allclose(one, two, atol=1e-3))

    def test_fused_norm_stays_finite_for_large_arguments(self):
        # a normalisation whose weights are large sends SiLU arguments far below -88, where exp(-z) overflows
        x = torch.randn(2, 64, 8, generator=torch.Generator().manual_seed(0), requires_grad=True)
        weight, bias = torch.full((8,), 1000.0, requires_grad=True), torch.zeros(8)
        for activation in ("silu", "gelu"):
            y = fused_norm.fused_norm(x, weight, bias, 2, 1e-5, activation, None, None)
            for value in (y, *torch.autograd.grad(y.sum(), [x, weight])):
                self.assertTrue(torch.isfinite(value).all())

    def test_tokenizer_json_equals_ours(self):
        try:
            import json

            from tokenizers import Tokenizer
        except ImportError:
            self.skipTest("the tokenizers package is not installed")
        theirs = Tokenizer.from_str(json.dumps(tokenizer_json()))
        for text in ("a red fish swims right, then jumps", "", "An unknown-word Zebra!", "in the sea, one ball"):
            ids, mask = encode([text])
            self.assertEqual(theirs.encode(text).ids, ids[0, : int(mask.sum())].tolist())


NODE = HERE.parents[2] / "node_modules" / ".bin" / "node"


@unittest.skipUnless(NODE.exists() or shutil.which("node"), "no Node to export the graphs with")
class Training(unittest.TestCase):
    """A few steps of a real trainer on the graph that the product exports."""

    def test_interpolation_learns_and_resumes_exactly(self):
        from motif_training.train_stage import main

        with tempfile.TemporaryDirectory() as folder:
            ends = []
            for name, plan in (("whole", [4]), ("halves", [2, 4])):
                for steps in plan:
                    main(["interpolation", "--runs", f"{folder}/{name}", "--steps", str(steps), "--minutes", "1000", "--lr", "0.0001"])
                ends.append(torch.load(f"{folder}/{name}/interpolation/state.pt", weights_only=True))
            one, two = ends
            self.assertEqual(one["step"], two["step"])
            # the learning rate looks at the end of the run, which differs here: compare what does not depend on it
            self.assertEqual(set(one["master"]), set(two["master"]))
            self.assertTrue(all(torch.isfinite(v).all() for v in two["master"].values()))

    def test_super_resolution_learns_from_crops_of_pictures_drawn_once(self):
        from motif_training.train_stage import main

        with tempfile.TemporaryDirectory() as folder:
            main(["sr1", "--runs", folder, "--steps", "2", "--minutes", "1000", "--pictures", "2"])
            pictures = np.load(f"{folder}/sr1/pictures.npy")
            self.assertEqual(pictures.shape, (2, 3, 480, 768))
            self.assertGreater(pictures.std(), 10)
            state = torch.load(f"{folder}/sr1/state.pt", weights_only=True)
            self.assertEqual(state["step"], 2)
            self.assertTrue(all(torch.isfinite(v).all() for v in state["ema"].values()))

    def test_the_latent_expert_starts_as_a_denoiser_and_learns_on_latents(self):
        from motif_training.train_stage import main

        with tempfile.TemporaryDirectory() as folder:
            main(["vae", "--runs", folder, "--steps", "1", "--minutes", "1000", "--batch", "2"])
            main(["sr2", "--runs", folder, "--steps", "2", "--minutes", "1000", "--batch", "4", "--pictures", "4"])
            state = torch.load(f"{folder}/sr2/state.pt", weights_only=True)
            self.assertEqual(state["step"], 2)
            self.assertTrue(all(torch.isfinite(v).all() for v in state["ema"].values()))


if __name__ == "__main__":
    unittest.main()
