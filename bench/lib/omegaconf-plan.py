"""What OmegaConf needs for the work that Vigil's planning does: merges and resolutions, timed. Usage: omegaconf-plan.py EXPERIMENT RUNS | --tree FILE"""
import sys
import time

from omegaconf import OmegaConf


def runs(path, count):
    base = OmegaConf.load(path)
    del base["sweep"]
    began = time.perf_counter()
    for i in range(count):
        point = OmegaConf.merge(base, OmegaConf.from_dotlist([f"backend.args.k0={i // 100}", f"backend.args.k1={i % 100}"]))
        OmegaConf.to_container(point, resolve=True)
    return (time.perf_counter() - began) / count


def tree(path):
    best = None
    for _ in range(5):
        began = time.perf_counter()
        OmegaConf.to_container(OmegaConf.load(path), resolve=True)
        took = time.perf_counter() - began
        best = took if best is None else min(best, took)
    return best


print(f"{tree(sys.argv[2]) if sys.argv[1] == '--tree' else runs(sys.argv[1], int(sys.argv[2])):.6f}")
