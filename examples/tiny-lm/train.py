#!/usr/bin/env python3
"""Trains a small character-level language model, in the Python standard library alone (3.8 or newer).

Its output looks like Megatron-LM's, its checkpoints lie as Megatron-LM's do, and it can be told to fail:
a small stand-in for the real thing. Exit codes: 0 trained to the end; 1 it crashed; 2 wrong arguments or a
checkpoint of another model; 3 the loss was not a number at the end; 130 and 143 it was interrupted (SIGINT,
SIGTERM): it finished its iteration, saved a checkpoint and left.
"""
import argparse
import math
import os
import random
import select
import signal
import sys
import time

sys.dont_write_bytecode = True  # the examples folder stays as it was

import checkpoints  # noqa: E402
from model import Adam, Model, norm  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--text", default=os.path.join(HERE, "keepers-log.txt"), help="what to learn")
    p.add_argument("--lr", type=float, default=1e-3, help="learning rate")
    p.add_argument("--seed", type=int, default=0)
    p.add_argument("--train-iters", type=int, default=200, metavar="N", help="iterations in all, resumed ones included")
    p.add_argument("--steps-per-iter", type=int, default=30, metavar="N", help="optimizer steps in one iteration")
    p.add_argument("--cooldown", type=int, default=0, metavar="N", help="the learning rate falls to zero over the last N iterations")
    p.add_argument("--save", metavar="DIR", help="where checkpoints go (default: none are saved)")
    p.add_argument("--load", metavar="DIR", action="append", default=[],
                   help="resume from the newest checkpoint there; given more than once, the first folder that has one counts")
    p.add_argument("--ckpt-step", type=int, metavar="N", help="resume from the checkpoint of iteration N instead of the newest")
    p.add_argument("--save-interval", type=int, default=50, metavar="N")
    p.add_argument("--eval-interval", type=int, default=50, metavar="N")
    p.add_argument("--step-seconds", type=float, default=0, metavar="S", help="let an iteration last at least so long")
    p.add_argument("--attempt", type=int, default=1, help="which try of this run it is; see --only")
    faults = p.add_argument_group("mishaps, each just before iteration STEP")
    faults.add_argument("--crash-at", type=int, metavar="STEP", help="die of an exception")
    faults.add_argument("--hang-at", type=int, metavar="STEP", help="stand still for ever")
    faults.add_argument("--chatter", action="store_true", help="print noise while hanging")
    faults.add_argument("--nan-at", type=int, metavar="STEP", help="a weight becomes NaN")
    faults.add_argument("--only", default="", metavar="KEY=VALUE,...",
                        help="mishaps only if these options have these values, such as lr=3e-3,seed=1,attempt=1")
    args = p.parse_args()
    for condition in filter(None, args.only.split(",")):
        key, _, value = condition.partition("=")
        if key not in ("lr", "seed", "attempt"):
            p.error("--only knows lr, seed and attempt, not '%s'" % key)
        try:
            wanted = float(value)
        except ValueError:
            p.error("--only: '%s' is not a number" % value)
        if getattr(args, key) != wanted:
            args.crash_at = args.hang_at = args.nan_at = None
    return args


class Signals:
    """Remembers that somebody asked us to stop; waiting ends at once when they do."""

    def __init__(self):
        self.received = None
        self._wake, write = os.pipe()
        os.set_blocking(write, False)
        signal.set_wakeup_fd(write)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._note)

    def _note(self, number, _frame):
        self.received = number

    def wait(self, seconds):
        if seconds > 0 and self.received is None:
            select.select([self._wake], [], [], seconds)


class Text:
    """The text as letter numbers, in three parts: most of it to learn from, the rest to be judged by."""

    def __init__(self, path, context):
        with open(path, encoding="utf-8") as source:
            text = " ".join(source.read().lower().split())
        self.letters = sorted(set(text))
        number = {letter: i for i, letter in enumerate(self.letters)}
        self._numbers, self._context = [number[letter] for letter in text], context
        self.train = range(context, len(text) * 90 // 100)
        self.validation = range(self.train.stop, len(text) * 95 // 100)
        self.test = range(self.validation.stop, len(text))

    def sample(self, place):
        return self._numbers[place - self._context:place], self._numbers[place]

    def spread(self, part, count=400):
        return [self.sample(place) for place in part[::max(1, len(part) // count)]]


class Trainer:
    BATCH, CONTEXT, HIDDEN = 16, 4, 32

    def __init__(self, args):
        self.args, self.done = args, 0
        self.text = Text(args.text, self.CONTEXT)
        self.rng = random.Random(args.seed)
        self.model = Model(len(self.text.letters), self.CONTEXT, self.HIDDEN, self.rng)
        self.adam = Adam(self.model.parameters)

    def rate(self, iteration):
        left = self.args.train_iters - iteration + 1
        return self.args.lr * min(1.0, left / (self.args.cooldown + 1))

    def iterate(self, iteration):
        """One iteration: a few optimizer steps. Returns the mean loss and the last gradient's norm."""
        total, gradients = 0.0, {}
        for _ in range(self.args.steps_per_iter):
            batch = [self.text.sample(self.rng.choice(self.text.train)) for _ in range(self.BATCH)]
            loss, gradients = self.model.loss_and_gradients(batch)
            self.adam.step(self.model.parameters, gradients, self.rate(iteration))
            total += loss
        self.done = iteration
        return total / self.args.steps_per_iter, norm(gradients)

    def save(self):
        version, words, gauss = self.rng.getstate()
        checkpoints.save(self.args.save, self.done, {
            "model": {"letters": "".join(self.text.letters), "parameters": self.model.parameters},
            "optimizer": {"steps": self.adam.steps, "first": self.adam.first, "second": self.adam.second},
            "random": [version, list(words), gauss],
        })
        say("  successfully saved checkpoint from iteration %7d to %s" % (self.done, self.args.save))

    def load(self, root, iteration):
        parts = checkpoints.load(root, iteration)
        if parts["model"]["letters"] != "".join(self.text.letters):
            print("the checkpoint in %s was trained on another text" % root, file=sys.stderr)
            sys.exit(2)
        self.model.parameters = parts["model"]["parameters"]
        for key, value in parts["optimizer"].items():
            setattr(self.adam, key, value)
        version, words, gauss = parts["random"]
        self.rng.setstate((version, tuple(words), gauss))
        self.done = iteration
        say("  successfully loaded checkpoint from %s at iteration %d" % (root, iteration))

    def validate(self, part, where):
        loss = self.model.loss(self.text.spread(part))
        line = " validation loss at iteration %d%s | lm loss value: %.6E | lm loss PPL: %.6E | " % (self.done, where, loss, math.exp(loss))
        say("-" * len(line), line, "-" * len(line))


def say(*lines):
    print("\n".join(lines), flush=True)


def report(trainer, iteration, seconds, loss, gradient):
    args, samples = trainer.args, trainer.args.steps_per_iter * trainer.BATCH
    say(" [%s] iteration %8d/%8d | consumed samples: %12d | elapsed time per iteration (ms): %.1f | learning rate: %.6E | "
        "global batch size: %5d | lm loss: %.6E | grad norm: %.3f | number of skipped iterations: %3d | number of nan iterations: %3d |"
        % (time.strftime("%Y-%m-%d %H:%M:%S"), iteration, args.train_iters, iteration * samples, seconds * 1000, trainer.rate(iteration),
           samples, loss, gradient, 0, 0 if math.isfinite(loss) else 1))


def mishap(trainer, iteration, signals):
    args = trainer.args
    if iteration == args.crash_at:
        raise RuntimeError("the device fell off the table before iteration %d (--crash-at)" % iteration)
    if iteration == args.nan_at:
        trainer.model.parameters["output_bias"][0][0] = float("nan")
    if iteration == args.hang_at:
        while signals.received is None:
            if args.chatter:
                say("[data] worker 0 still waits for its next shard")
            signals.wait(0.5)
        sys.exit(128 + signals.received)  # what hung is not worth saving


def main():
    args, signals = arguments(), Signals()
    trainer = Trainer(args)
    say("> %d letters, %d characters to learn from, %d parameters" % (len(trainer.text.letters), len(trainer.text.train), trainer.model.count()))
    start = checkpoints.find(args.load, args.ckpt_step)
    if start:
        trainer.load(*start)
    elif args.load:
        say("WARNING: no checkpoint in %s yet: starting from random weights" % " or ".join(args.load))
    loss = 0.0
    for iteration in range(trainer.done + 1, args.train_iters + 1):
        mishap(trainer, iteration, signals)
        if signals.received is not None:
            break
        began = time.perf_counter()
        loss, gradient = trainer.iterate(iteration)
        signals.wait(began + args.step_seconds - time.perf_counter())
        report(trainer, iteration, time.perf_counter() - began, loss, gradient)
        if iteration % args.eval_interval == 0 and iteration < args.train_iters:
            trainer.validate(trainer.text.validation, "")
        last = signals.received is not None or iteration == args.train_iters
        if args.save and math.isfinite(loss) and (last or iteration % args.save_interval == 0):
            trainer.save()
    if signals.received is not None:
        say("stopped by signal %d after iteration %d" % (signals.received, trainer.done))
        sys.exit(128 + signals.received)
    trainer.validate(trainer.text.validation, " on validation set")
    trainer.validate(trainer.text.test, " on test set")
    sys.exit(0 if math.isfinite(loss) else 3)


if __name__ == "__main__":
    main()
