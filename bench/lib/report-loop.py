"""What a script of an afternoon does for a summary: the last loss of each log, and the metrics of each evaluation's header."""
import json, os, re, sys, zipfile

losses, metrics = {}, {}
step = re.compile(r'Step (\d+) \| loss:([0-9.eE+-]+)')
for folder, _, names in os.walk(sys.argv[1]):
    for name in names:
        path = os.path.join(folder, name)
        if name.endswith('.eval'):
            with zipfile.ZipFile(path) as log:
                header = json.loads(log.read('header.json'))
            if header['status'] == 'success':
                metrics[path] = [(s['name'], m, v['value']) for s in header['results']['scores'] for m, v in s['metrics'].items()]
        elif name.startswith('slurm-'):
            with open(path) as log:
                losses[path] = step.findall(log.read())[-1]
print(len(losses), len(metrics))
assert (len(losses), len(metrics)) == (100, 900)
