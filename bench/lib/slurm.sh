#!/usr/bin/env bash
# shellcheck disable=SC2154   # root, scratch and vigil are those of bench/run, which sources this
# Sourced by bench/run: Vigil on a real Slurm (eng/slurm-testbed), beside bare commands in the same run.
# ext4 without a journal does not give out again for five minutes what was deleted, and searches: after an `rm -r` of many files wait so long.
# Every Slurm command goes through a shim that counts it. Jobs are submitted held, so that nothing but submitting is measured.

slurm_up() {
  [ -z "${slurm_bed-}" ] || return 0
  slurm_bed=$(mktemp -d /tmp/vigil-bench-slurm-XXXX)
  "$root/eng/slurm-testbed" install >"$scratch/slurm-install.log" 2>&1 || { tail -n 3 "$scratch/slurm-install.log"; die 'Slurm cannot be installed here'; }
  trap '"$root/eng/slurm-testbed" down "$slurm_bed" --purge >/dev/null 2>&1; rm -rf "$scratch" "$slurm_bed"' EXIT
  "$root/eng/slurm-testbed" up "$slurm_bed" >/dev/null
  eval "$("$root/eng/slurm-testbed" env "$slurm_bed")"
  export XDG_STATE_HOME=$scratch/state calls=$scratch/calls
  mkdir -p "$scratch/shims"
  local name
  for name in sbatch squeue sacct scancel scontrol; do
    # shellcheck disable=SC2016   # the shim reads its own variables
    printf '#!/bin/bash\nprintf "%%s %s\\n" "$EPOCHREALTIME" >>"$calls"\nexec %q "$@"\n' "$name" "$(command -v "$name")" >"$scratch/shims/$name"
    chmod +x "$scratch/shims/$name"
  done
}
counted() { : >"$calls"; PATH=$scratch/shims:$PATH "$@"; }
called() { grep -c " $1\$" "$calls" || true; }

# NAME POINTS REQUESTS_PER_SECOND ARRAY
slurm_experiment() {
  mkdir -p "$scratch/$1"
  {
    printf 'project: {name: %s, base_output_dir: "%s"}\nscheduler: slurm\nbackend: {command: "true"}\ni: 0\n' "$1" "$scratch/$1-out"
    printf 'slurm: {requests_per_second: %s, array: %s, sbatch: {hold: true, time: "00:05:00"}}\n' "$3" "$4"
    printf 'sweep:\n  type: product\n  groups:\n    - params: {i: [%s]}\n' "$(seq -s, 1 "$2")"
  } >"$scratch/$1/experiment.yaml"
}

slurm_submit() { # NAME [command]: the whole command, from the file to the last job id in the journal, in microseconds; with 'command' its calls are not counted
  local t0
  t0=$(now)
  "${2-counted}" "$vigil" run "$scratch/$1" --yes --no-monitor >"$scratch/$1.log" 2>&1 || { tail -n 5 "$scratch/$1.log"; die "$1 was not submitted"; }
  printf '%s\n' $(($(now) - t0))
}

# NAME: of that, from the accepted plan to the last job id in the journal, in microseconds
slurm_handed_over() {
  "$vigil" events "$scratch/$1-out" --json | python3 -c '
import datetime, json, sys
entries = [json.loads(line) for line in sys.stdin]
times = [datetime.datetime.fromisoformat(e["at"]).timestamp() for e in entries]
last = max(t for e, t in zip(entries, times) if any(event["type"] == "effect-completed" for event in e["events"]))
print(round((last - times[0]) * 1e6))'
}

bench_slurm() {
  local ours theirs t0 queued
  slurm_up
  build_bench
  "$vigil" --version >/dev/null
  slurm_experiment ten-thousand 10000 1000 true
  ours=$(slurm_submit ten-thousand)
  queued=$(squeue --me -h -r -o %i | wc -l)
  [ "$queued" = 10000 ] || die "$queued of 10000 tasks are queued"
  theirs=$("$bench_program" files "$scratch")
  row '10,000 points submitted, planning included' "$(ms "$ours")" "bare files $(ms "$theirs")" "$(over "$ours" "$theirs") x" "$(called sbatch) sbatch calls; reach: <= 5 s, <= 12 calls"
  slurm_restart ten-thousand
  scancel --me
  slurm_experiment limited 10000 1 true
  ours=$(slurm_submit limited)
  row 'the same at the default rate, 1 request a second' "$(ms "$ours")" "$(called sbatch) sbatch calls" '' 'reach: <= 15 s'
  scancel --me
  t0=$(now)
  for _ in {1..200}; do sbatch --parsable --hold -o /dev/null --wrap true >/dev/null; done
  theirs=$(($(now) - t0))
  slurm_experiment singles 200 1000 false
  ours=$(slurm_submit singles command)   # as the loop: through no shim
  row '200 single jobs, the whole command' "$(ms "$ours")" "bare sbatch loop $(ms "$theirs")" "$(over "$ours" "$theirs") x"
  ours=$(slurm_handed_over singles)
  row '200 single jobs, from the accepted plan on' "$(ms "$ours")" "bare sbatch loop $(ms "$theirs")" "$(over "$ours" "$theirs") x" 'reach: <= 1.25 x'
  scancel --me
  slurm_queries
  journal_bench poll
}

# Until views/scheduler.json tells of a look that was made after the restart.
slurm_restart() {
  local t0 monitor view=$scratch/$1-out/views/scheduler.json
  rm -f "$view"
  t0=$(now)
  "$vigil" watch "$scratch/$1-out" >"$scratch/watch.log" 2>&1 &
  monitor=$!
  until [ -s "$view" ]; do kill -0 "$monitor" 2>/dev/null || { cat "$scratch/watch.log"; die 'the watch ended'; }; sleep 0.02; done
  row '10,000 jobs: restart to the first true status' "$(ms $(($(now) - t0)))" '' '' 'reach: <= 2 s + one poll'
  kill -9 "$monitor"; wait "$monitor" 2>/dev/null || true
}

# Queries while forty jobs of some seconds come and go, and while forty sleep.
slurm_queries() {
  local busy=$scratch/busy idle=$scratch/idle-slurm monitor t0 seconds
  mkdir -p "$busy" "$idle"
  printf 'project: {name: busy, base_output_dir: "%s"}\nscheduler: {type: slurm, max_jobs: 8}\nbackend: {command: "sleep 6"}\ni: 0\nslurm: {sbatch: {time: "00:05:00"}}\nsweep: {type: product, groups: [{params: {i: [%s]}}]}\n' "$busy-out" "$(seq -s, 1 40)" >"$busy/experiment.yaml"
  t0=$SECONDS
  counted "$vigil" run "$busy" --yes >"$scratch/busy.log" 2>&1 || { tail -n 5 "$scratch/busy.log"; die 'the busy runs did not complete'; }
  seconds=$((SECONDS - t0))
  row "queries a second while jobs change, over $seconds s" "$(over $(($(called squeue) + $(called sacct))) "$seconds")" "$(called squeue) squeue, $(called sacct) sacct" '' 'reach: <= 0.25'
  printf 'project: {name: idle, base_output_dir: "%s"}\nscheduler: slurm\nbackend: {command: "exec sleep 900"}\ni: 0\nslurm: {sbatch: {time: "00:20:00"}}\nsweep: {type: product, groups: [{params: {i: [%s]}}]}\n' "$idle-out" "$(seq -s, 1 40)" >"$idle/experiment.yaml"
  PATH=$scratch/shims:$PATH "$vigil" run "$idle" --yes >"$scratch/idle-slurm.log" 2>&1 &
  monitor=$!
  sleep 120   # until nothing has changed for a while
  : >"$calls"
  sleep 120
  row 'queries a second while nothing changes, over 120 s' "$(over $(($(called squeue) + $(called sacct))) 120)" "$(called squeue) squeue, $(called sacct) sacct" '' 'reach: <= 0.05'
  kill "$monitor"; wait "$monitor" 2>/dev/null || true
  scancel --me
}
