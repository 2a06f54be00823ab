"""Answers what OmegaConf makes of a case: one JSON object a line in, one a line out, until the input ends."""
import json
import sys
import warnings

import yaml
from omegaconf import OmegaConf
from omegaconf._utils import get_yaml_loader
from omegaconf.base import Container
from omegaconf.basecontainer import BaseContainer

warnings.simplefilter("ignore")
sys.setrecursionlimit(1200)


def simple(arg):
    if isinstance(arg, (Container, list, dict)):
        raise TypeError("a container")
    return arg


OmegaConf.register_new_resolver("cat", lambda *args: "".join(str(simple(a)) for a in args))
OmegaConf.register_new_resolver("ty", lambda arg: type(simple(arg)).__name__)


def tree(tagged):
    tag, value = tagged
    if tag == "L":
        return [tree(item) for item in value]
    if tag == "D":
        return {tree(key): tree(item) for key, item in value}
    if tag == "I":
        return int(value)
    return float(value) if tag == "R" else value


def text(value):
    units = value.encode("utf-16-be", "surrogatepass")
    codes = [units[i] << 8 | units[i + 1] for i in range(0, len(units), 2)]
    return '"' + "".join(chr(c) if 32 <= c < 127 and c not in (34, 92) else f"\\u{c:04x}" for c in codes) + '"'


def shown(value):
    if value is None:
        return "N"
    if isinstance(value, bool):
        return "T" if value else "F"
    if isinstance(value, int):
        return f"I{value}"
    if isinstance(value, float):
        return f"R{value!r}"
    if isinstance(value, str):
        return text(value)
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(map(shown, value)) + "]"
    if isinstance(value, dict):
        return "{" + ",".join(f"{shown(k)}:{shown(v)}" for k, v in value.items()) + "}"
    if isinstance(value, Container):
        return shown(OmegaConf.to_container(value, resolve=True))
    raise TypeError(f"cannot show {type(value).__name__}")


def read(source):
    return OmegaConf.create({"root": yaml.load(source, Loader=get_yaml_loader())})


def resolved(config, key):
    try:
        node = config._get_child(key)._dereference_node()
        if isinstance(node, Container):
            return {"value": shown(BaseContainer._to_content(node, resolve=True, throw_on_missing=False))}
        return {"value": shown(node._value())}
    except Exception as mistake:
        return {"error": type(mistake).__name__}


def answer(case):
    kind = case["kind"]
    if kind == "read":
        return {"value": shown(OmegaConf.to_container(read(case["text"])))}
    if kind == "merge":
        merged = OmegaConf.merge(OmegaConf.create(tree(case["below"])), OmegaConf.create(tree(case["above"])))
        return {"value": shown(OmegaConf.to_container(merged))}
    if kind == "resolve":
        config = OmegaConf.create(tree(case["tree"]))
        return {"answers": [resolved(config, key) for key in config]}
    if kind == "write":
        config = OmegaConf.create(tree(case["tree"]))
        written = OmegaConf.to_yaml(config)
        same = shown(OmegaConf.to_container(read(written))) == shown({"root": OmegaConf.to_container(config)})
        return {"text": written, "reads": same}
    raise ValueError(kind)


for line in sys.stdin:
    try:
        reply = answer(json.loads(line))
    except (Exception, RecursionError) as mistake:
        reply = {"error": type(mistake).__name__}
    print(json.dumps(reply), flush=True)
