"""Checks of the example trainer's arithmetic and files. Run by TinyLmTests; by hand: TINY_LM=examples/tiny-lm python3 -m unittest ..."""
import ast
import math
import os
import random
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
FOLDER = os.environ["TINY_LM"]
sys.path.insert(0, FOLDER)

import checkpoints  # noqa: E402
from model import Adam, Model, norm  # noqa: E402


class GradientTest(unittest.TestCase):
    def setUp(self):
        rng = random.Random(7)
        self.model = Model(letters=5, context=3, hidden=4, rng=rng)
        for rows in self.model.parameters.values():
            for row in rows:
                row[:] = [rng.gauss(0, 0.5) for _ in row]
        self.samples = [([rng.randrange(5) for _ in range(3)], rng.randrange(5)) for _ in range(6)]
        self.samples.append(([2, 2, 2], 2))  # one letter in every place

    def test_every_gradient_agrees_with_numeric_differences(self):
        _, gradients = self.model.loss_and_gradients(self.samples)
        step, checked = 1e-5, 0
        for name, rows in self.model.parameters.items():
            for r, row in enumerate(rows):
                for c, value in enumerate(row):
                    row[c] = value + step
                    above = self.model.loss(self.samples)
                    row[c] = value - step
                    below = self.model.loss(self.samples)
                    row[c] = value
                    written = gradients[name].get(r, [0.0] * len(row))[c]
                    self.assertAlmostEqual(written, (above - below) / (2 * step), delta=1e-7, msg="%s[%d][%d]" % (name, r, c))
                    checked += 1
        self.assertEqual(checked, self.model.count())

    def test_both_ways_to_the_loss_agree(self):
        self.assertAlmostEqual(self.model.loss_and_gradients(self.samples)[0], self.model.loss(self.samples), places=12)

    def test_the_norm_is_that_of_all_gradients_together(self):
        self.assertEqual(norm({"a": {0: [3.0]}, "b": {1: [0.0, 4.0]}}), 5.0)

    def test_the_first_step_of_adam_moves_each_parameter_by_the_rate_against_its_gradient(self):
        parameters = {"a": [[1.0, 1.0], [1.0, 1.0]]}
        Adam(parameters).step(parameters, {"a": {1: [0.3, -20.0]}}, rate=0.01)
        self.assertEqual(parameters["a"][0], [1.0, 1.0])
        for value, expected in zip(parameters["a"][1], (0.99, 1.01)):
            self.assertAlmostEqual(value, expected, places=6)

    def test_training_on_one_sample_learns_it(self):
        adam = Adam(self.model.parameters)
        for _ in range(200):
            _, gradients = self.model.loss_and_gradients(self.samples[:1])
            adam.step(self.model.parameters, gradients, 0.05)
        self.assertLess(self.model.loss(self.samples[:1]), 0.01)


class CheckpointTest(unittest.TestCase):
    def setUp(self):
        self.root = tempfile.mkdtemp()

    def test_what_is_saved_is_loaded_bit_for_bit(self):
        values = [math.pi, 1e-300, -0.1 + 0.3]
        checkpoints.save(self.root, 5, {"model": values})
        self.assertEqual(checkpoints.newest([os.path.join(self.root, "none"), self.root]), (self.root, 5))
        self.assertEqual(checkpoints.load(self.root, 5), {"model": values})

    def test_a_half_written_checkpoint_does_not_count(self):
        checkpoints.save(self.root, 5, {"model": []})
        os.mkdir(os.path.join(self.root, ".iter_0000010.tmp"))
        self.assertEqual(checkpoints.newest([self.root]), (self.root, 5))
        checkpoints.save(self.root, 10, {"model": []})
        self.assertEqual(checkpoints.newest([self.root]), (self.root, 10))

    def test_a_whole_checkpoint_counts_where_the_tracker_was_not_written(self):
        checkpoints.save(self.root, 5, {"model": []})
        os.remove(os.path.join(self.root, checkpoints.TRACKER))
        self.assertEqual(checkpoints.newest([self.root]), (self.root, 5))

    def test_an_empty_folder_has_none(self):
        self.assertIsNone(checkpoints.newest([self.root]))


class SourceTest(unittest.TestCase):
    def test_python_3_8_reads_every_file(self):
        for name in ("train.py", "model.py", "checkpoints.py"):
            with open(os.path.join(FOLDER, name), encoding="utf-8") as source:
                ast.parse(source.read(), name, feature_version=(3, 8))
