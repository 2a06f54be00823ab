"""Checkpoints that are whole or not there: DIR/iter_0000100/*.json, and a tracker file that names the newest."""
import json
import os
import shutil

TRACKER = "latest_checkpointed_iteration.txt"


def folder(root, iteration):
    return os.path.join(root, "iter_%07d" % iteration)


def save(root, iteration, parts):
    """Writes everything aside, moves it into place with one rename, and only then points the tracker at it."""
    os.makedirs(root, exist_ok=True)
    aside = os.path.join(root, ".iter_%07d.tmp" % iteration)
    shutil.rmtree(aside, ignore_errors=True)  # left by a run that was killed while it saved
    os.mkdir(aside)
    for name, content in parts.items():
        _write(os.path.join(aside, name + ".json"), json.dumps(content))
    target = folder(root, iteration)
    if os.path.isdir(target):  # complete, but the run was killed before the tracker named it
        shutil.rmtree(target)
    os.rename(aside, target)
    _write(os.path.join(root, TRACKER + ".tmp"), "%d" % iteration)
    os.replace(os.path.join(root, TRACKER + ".tmp"), os.path.join(root, TRACKER))


def find(roots, iteration=None):
    """(root, iteration) of the first folder that has this checkpoint, or any; None when none has. Without an iteration: its newest."""
    if iteration is None:
        return newest(roots)
    return next(((root, iteration) for root in roots if os.path.isdir(folder(root, iteration))), None)


def newest(roots):
    """(root, iteration) of the first folder that has a checkpoint; None when none has."""
    for root in roots:
        names = os.listdir(root) if os.path.isdir(root) else []
        whole = {int(name[5:]) for name in names if name.startswith("iter_")}
        if TRACKER in names:
            with open(os.path.join(root, TRACKER), encoding="ascii") as tracker:
                named = int(tracker.read())
            if named in whole:
                return root, named
        if whole:  # killed before the tracker was written
            return root, max(whole)
    return None


def load(root, iteration):
    parts = {}
    for name in sorted(os.listdir(folder(root, iteration))):
        with open(os.path.join(folder(root, iteration), name), encoding="ascii") as part:
            parts[name[:-len(".json")]] = json.load(part)
    return parts


def _write(path, text):
    with open(path, "w", encoding="ascii") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
