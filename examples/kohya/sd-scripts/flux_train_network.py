"""Stands in for sd-scripts' flux_train_network.py where there is no GPU.

It takes the same options, reads the same dataset.toml and sample_prompts.txt, trains a real if tiny adapter in plain Python (a low-rank map from
a caption's letters to the pixels of its image), and prints, saves, samples and resumes as sd-scripts does: also in that its bar and its steps
begin at 0 again after --resume, though the epochs go on.

DIES_AT=STEP in the environment ends the first attempt there, as when the kernel takes a worker of the data loader for want of memory.
"""
import argparse, datetime, glob, json, math, os, pickle, random, re, struct, sys, time, tomllib, zlib

FEATURES, SIDE = 24, 12


def options():
    parser = argparse.ArgumentParser()
    texts = "pretrained_model_name_or_path clip_l t5xxl ae dataset_config sample_prompts output_dir output_name resume mixed_precision save_precision save_model_as " \
        "network_module optimizer_type lr_scheduler timestep_sampling model_prediction_type loss_type"
    whole = "max_data_loader_n_workers seed network_dim max_train_epochs save_every_n_epochs save_every_n_steps sample_every_n_steps sample_every_n_epochs save_last_n_epochs"
    real = "network_alpha learning_rate discrete_flow_shift guidance_scale max_grad_norm"
    flags = "sdpa persistent_data_loader_workers gradient_checkpointing cache_latents_to_disk cache_text_encoder_outputs cache_text_encoder_outputs_to_disk fp8_base highvram split_mode save_state sample_at_first"
    for names, kind in ((texts, str), (whole, int), (real, float)):
        for name in names.split():
            parser.add_argument(f"--{name}", type=kind)
    for name in flags.split():
        parser.add_argument(f"--{name}", action="store_true")
    for name in ("optimizer_args", "network_args"):
        parser.add_argument(f"--{name}", nargs="*")
    return parser.parse_args()


class Log:
    """Python's logging as rich draws it on stderr: the time once a second, the place at the right."""

    def __init__(self):
        self.last = ""
        self.width = int(os.environ.get("COLUMNS", "80"))

    def info(self, text, place):
        now = time.strftime("%Y-%m-%d %H:%M:%S")
        shown, self.last = (now if now != self.last else " " * len(now)), now
        room = self.width - len(now) - len(place) - 11
        parts = [text[i:i + room] for i in range(0, len(text), room)] or [""]
        for i, part in enumerate(parts):
            head = f"{shown} INFO    " if i == 0 else " " * (len(now) + 9)
            print(f"{head} {part:<{room}} {place}" if i == 0 else f"{head} {part}", file=sys.stderr, flush=True)


class Bar:
    """tqdm on a stderr that is no terminal."""

    def __init__(self, total):
        self.total, self.done, self.began, self.postfix = total, 0, time.time(), ""
        self.draw()

    @staticmethod
    def clock(seconds):
        minutes, seconds = divmod(int(seconds), 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes:02d}:{seconds:02d}"

    def draw(self):
        elapsed = time.time() - self.began
        rate = self.done / elapsed if self.done and elapsed > 0 else None
        speed = "?it/s" if rate is None else f"{rate:5.2f}it/s" if rate >= 1 else f"{1 / rate:5.2f}s/it"
        left = "?" if rate is None else self.clock((self.total - self.done) / rate)
        eighths = int(80 * self.done / self.total)
        bar = ("█" * (eighths // 8) + ("" if eighths % 8 == 0 else " ▏▎▍▌▋▊▉"[eighths % 8])).ljust(10)
        print(f"\rsteps: {100 * self.done / self.total:3.0f}%|{bar}| {self.done}/{self.total} [{self.clock(elapsed)}<{left}, {speed}{self.postfix}]", end="", file=sys.stderr, flush=True)

    def update(self, **postfix):
        self.done += 1
        self.postfix = "".join(f", {name}={value:.3g}" for name, value in postfix.items())
        self.draw()


def read_png(path):
    """The pixels of an 8-bit RGB image of SIDE × SIDE, each 0 to 1."""
    data, at, packed, size = open(path, "rb").read(), 8, b"", None
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + length]
        size = struct.unpack(">II", body[:8]) if kind == b"IHDR" else size
        packed += body if kind == b"IDAT" else b""
        at += 12 + length
    if size != (SIDE, SIDE):
        sys.exit(f"{path} is {size[0]}x{size[1]}: this stand-in takes images of {SIDE}x{SIDE}")
    rows = zlib.decompress(packed)
    return [value / 255 for y in range(SIDE) for value in rows[y * (3 * SIDE + 1) + 1:(y + 1) * (3 * SIDE + 1)]]


def write_png(path, pixels):
    rows = b"".join(b"\0" + bytes(min(255, max(0, round(255 * v))) for v in pixels[y * 3 * SIDE:(y + 1) * 3 * SIDE]) for y in range(SIDE))
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n")
        for kind, body in ((b"IHDR", struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")):
            file.write(struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)))


def features(caption):
    counts = [0.0] * FEATURES
    for word in caption.lower().split():
        counts[zlib.crc32(word.encode()) % (FEATURES - 1)] += 1
    counts[-1] = 1.0
    return counts


class Adapter:
    def __init__(self, rank, seed):
        dice = random.Random(seed)
        self.rank = rank
        self.down = [[dice.gauss(0, 0.3) for _ in range(FEATURES)] for _ in range(rank)]
        self.up = [[0.0] * (3 * SIDE * SIDE) for _ in range(rank)]

    def image(self, given):
        inner = [sum(w * x for w, x in zip(row, given)) for row in self.down]
        return inner, [0.5 + sum(h * self.up[r][p] for r, h in enumerate(inner)) for p in range(3 * SIDE * SIDE)]

    def step(self, given, target, rate):
        inner, made = self.image(given)
        errors = [m - t for m, t in zip(made, target)]
        loss = sum(e * e for e in errors) / len(errors)
        back = [sum(e * u for e, u in zip(errors, row)) for row in self.up]
        for r, h in enumerate(inner):
            row = self.up[r]
            for p, e in enumerate(errors):
                row[p] -= rate * e * h
            for f, x in enumerate(given):
                self.down[r][f] -= rate * back[r] * x / len(errors)
        return loss

    def tensors(self):
        return {"lora_unet.lora_down.weight": ([self.rank, FEATURES], [v for row in self.down for v in row]),
                "lora_unet.lora_up.weight": ([3 * SIDE * SIDE, self.rank], [self.up[r][p] for p in range(3 * SIDE * SIDE) for r in range(self.rank)])}


def write_safetensors(path, tensors, dtype, metadata):
    header, data = {"__metadata__": metadata}, b""
    for name, (shape, values) in tensors.items():
        packed = struct.pack(f"<{len(values)}f", *values)
        if dtype == "BF16":
            packed = b"".join(packed[i + 2:i + 4] for i in range(0, len(packed), 4))
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(packed)]}
        data += packed
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def read_adapter(path, adapter):
    data = open(path, "rb").read()
    length = struct.unpack("<Q", data[:8])[0]
    header, data = json.loads(data[8:8 + length]), data[8 + length:]
    values = {}
    for name, entry in header.items():
        if name != "__metadata__":
            part = data[slice(*entry["data_offsets"])]
            values[name] = struct.unpack(f"<{len(part) // 4}f", part)
    down, up = values["lora_unet.lora_down.weight"], values["lora_unet.lora_up.weight"]
    adapter.down = [list(down[r * FEATURES:(r + 1) * FEATURES]) for r in range(adapter.rank)]
    adapter.up = [[up[p * adapter.rank + r] for p in range(3 * SIDE * SIDE)] for r in range(adapter.rank)]


class Training:
    def __init__(self, args):
        self.args, self.log = args, Log()
        self.adapter, self.dice = Adapter(args.network_dim, args.seed), random.Random(args.seed)
        self.epoch = self.step = 0
        os.makedirs(args.output_dir, exist_ok=True)

    def read_dataset(self):
        with open(self.args.dataset_config, "rb") as file:
            config = tomllib.load(file)
        samples, ending = [], config.get("general", {}).get("caption_extension", ".caption")
        for dataset in config["datasets"]:
            for subset in dataset["subsets"]:
                images = sorted(glob.glob(os.path.join(subset["image_dir"], "*.png")))
                if not images:
                    sys.exit(f"No data found. Please verify arguments (train_data_dir must be the parent of folders with images): {subset['image_dir']}")
                for image in images:
                    caption = os.path.splitext(image)[0] + ending
                    text = open(caption).read() if os.path.exists(caption) else subset["class_tokens"]
                    samples += [(features(text), read_png(image))] * subset.get("num_repeats", 1)
        self.log.info("caching latents with caching strategy.", "train_util.py:1144")
        self.log.info("caching latents...", "train_util.py:1187")
        return samples

    def resume(self):
        """Where the state stands; the epoch alone counts, and the steps begin at 0."""
        state = self.args.resume
        if not state:
            return 0
        self.log.info(f"resume training from local state: {state}", "train_util.py:4513")
        read_adapter(f"{state}/model.safetensors", self.adapter)
        with open(f"{state}/random_states_0.pkl", "rb") as file:
            self.dice.setstate(pickle.load(file))
        with open(f"{state}/train_state.json") as file:
            known = json.load(file)
        self.log.info(f"load train state from {state}/train_state.json: {known}", "train_network.py:1041")
        return known["current_step"]

    def save_model(self, name):
        path = f"{self.args.output_dir}/{name}.{self.args.save_model_as or 'safetensors'}"
        print(f"\nsaving checkpoint: {path}", flush=True)
        metadata = {"ss_output_name": self.args.output_name, "ss_epoch": str(self.epoch), "ss_steps": str(self.step), "ss_network_dim": str(self.args.network_dim), "ss_network_module": self.args.network_module}
        write_safetensors(path, self.adapter.tensors(), "BF16" if self.args.save_precision == "bf16" else "F32", metadata)

    def save_state(self, name, said):
        folder = f"{self.args.output_dir}/{name}-state"
        self.log.info("", "train_util.py:6090")
        self.log.info(said, "train_util.py:6091")
        os.makedirs(folder, exist_ok=True)
        write_safetensors(f"{folder}/model.safetensors", self.adapter.tensors(), "F32", {"format": "pt"})
        for part, content in (("optimizer.bin", {"lr": self.args.learning_rate}), ("scheduler.bin", {"last_epoch": self.step}), ("random_states_0.pkl", self.dice.getstate())):
            with open(f"{folder}/{part}", "wb") as file:
                pickle.dump(content, file)
        self.log.info(f"save train state to {folder}/train_state.json at epoch {self.epoch} step {self.step}", "train_network.py:1020")
        with open(f"{folder}/train_state.json", "w") as file:
            json.dump({"current_epoch": self.epoch, "current_step": self.step}, file)

    def sample(self, suffix):
        lines = open(self.args.sample_prompts).read().splitlines() if self.args.sample_prompts else []
        prompts = [line.strip() for line in lines if line.strip() and not line.strip().startswith("#")]
        if not prompts:
            return
        self.log.info("", "flux_train_utils.py:87")
        self.log.info(f"generating sample images at step / サンプル画像生成 ステップ: {self.step}", "flux_train_utils.py:88")
        os.makedirs(f"{self.args.output_dir}/sample", exist_ok=True)
        for number, line in enumerate(prompts):
            prompt, *flags = [part.strip() for part in re.split(r" --", line)]
            given = dict(flag.split(" ", 1) for flag in flags if " " in flag)
            self.log.info(f"prompt: {prompt}", "flux_train_utils.py:226")
            for name, flag, usual in (("height", "h", "512"), ("width", "w", "512"), ("sample_steps", "s", "20"), ("scale", "l", "3.5")):
                self.log.info(f"{name}: {given.get(flag, usual)}", "flux_train_utils.py:230")
            seed = f"_{given['d']}" if "d" in given else ""
            name = f"{self.args.output_name}_{suffix}_{number:02d}_{time.strftime('%Y%m%d%H%M%S')}{seed}.png"
            write_png(f"{self.args.output_dir}/sample/{name}", self.adapter.image(features(prompt))[1])

    def run(self):
        args = self.args
        samples = self.read_dataset()
        self.log.info(f"create LoRA network. base dim (rank): {args.network_dim}, alpha: {args.network_alpha or 1}", "lora_flux.py:594")
        print("prepare optimizer, data loader etc.", flush=True)
        per_epoch, epochs = len(samples), args.max_train_epochs
        total = per_epoch * epochs
        print(f"override steps. steps for {epochs} epochs is / 指定エポックまでのステップ数: {total}", flush=True)
        resumed = self.resume()
        if resumed >= total:
            sys.exit(f"AssertionError: max_train_steps should be greater than initial step / max_train_stepsは初期ステップより大きい必要があります: {total} vs {resumed}")
        print("running training / 学習開始")
        for label, value in (("num train images * repeats / 学習画像の数×繰り返し回数:", per_epoch), ("num validation images * repeats / 学習画像の数×繰り返し回数:", 0), ("num reg images / 正則化画像の数:", 0),
                             ("num batches per epoch / 1epochのバッチ数:", per_epoch), ("num epochs / epoch数:", epochs), ("batch size per device / バッチサイズ:", 1),
                             ("gradient accumulation steps / 勾配を合計するステップ数 =", 1), ("total optimization steps / 学習ステップ数:", total)):
            print(f"  {label} {value}", flush=True)
        bar = Bar(total)
        for epoch in range(resumed // per_epoch, epochs):
            print(f"\nepoch {epoch + 1}/{epochs}\n", flush=True)
            self.log.info(f"epoch is incremented. current_epoch: {epoch}, epoch: {epoch + 1}", "train_util.py:779")
            self.train_epoch(samples, bar, epoch + 1)
            if args.save_every_n_epochs and (epoch + 1) % args.save_every_n_epochs == 0 and epoch + 1 < epochs:
                self.save_model(f"{args.output_name}-{epoch + 1:06d}")
                if args.save_state:
                    self.save_state(f"{args.output_name}-{epoch + 1:06d}", f"saving state at epoch {epoch + 1}")
            if args.sample_every_n_epochs and (epoch + 1) % args.sample_every_n_epochs == 0:
                self.sample(f"e{epoch + 1:06d}")
        if args.save_state:
            self.save_state(args.output_name, "saving last state.")
        self.save_model(args.output_name)
        self.log.info("model saved.", "train_network.py:1681")
        print(file=sys.stderr, flush=True)

    def train_epoch(self, samples, bar, epoch):
        losses, order = [], samples[:]
        self.dice.shuffle(order)
        self.epoch = epoch
        for given, target in order:
            losses.append(self.adapter.step(given, target, 100 * self.args.learning_rate))
            self.step += 1
            bar.update(avr_loss=sum(losses) / len(losses))
            if os.environ.get("DIES_AT") == str(self.step) and os.environ.get("VIGIL_ATTEMPT", "1") == "1":
                sys.exit("\nRuntimeError: DataLoader worker (pid 4711) is killed by signal: Killed. ")
            if self.args.sample_every_n_steps and self.step % self.args.sample_every_n_steps == 0:
                self.sample(f"{self.step:06d}")


if __name__ == "__main__":
    Training(options()).run()
