#!/usr/bin/env bash
# Written by Vigil. It runs once: a second copy finds the claim and leaves.
# shellcheck disable=SC2034,SC2317  # traps and the evaluated line use what seems unused
vigil_attempt=lr1e-3.1 vigil_restart=0
cd -- /exp/lr1e-3/attempts/1 || exit 74
if [[ ! ${VIGIL_JOB_ID-} =~ ^[A-Za-z0-9_.+-]+$ ]]; then
  echo 'vigil: this script runs only as a job (VIGIL_JOB_ID is not set); to start it, use: vigil retry' >&2
  exit 64
fi
set +o noclobber +e +u +f
vigil_signal='' vigil_code=''
trap 'vigil_signal=15' TERM; trap 'vigil_signal=2' INT; trap 'vigil_signal=1' HUP
trap 'vigil_signal=3' QUIT; trap 'vigil_signal=10' USR1; trap 'vigil_signal=12' USR2
vigil_host=${HOSTNAME//[^A-Za-z0-9_.-]/_}
vigil_now() {
  local at=${EPOCHREALTIME-} part=''
  if [[ $at ]]; then part=.${at#*[.,]} at=${at%[.,]*}; fi
  printf -v vigil_time '%(%FT%T)T%s%(%z)T' "${at:--1}" "$part" "${at:--1}"
  vigil_time=${vigil_time%??}:${vigil_time: -2}
}
read -r vigil_boot </proc/sys/kernel/random/boot_id
read -r -d '' vigil_stat </proc/$$/stat
# shellcheck disable=SC2086  # the fields after the program's name, which may hold spaces
set -- ${vigil_stat##*) }
vigil_start=${20}
set --
vigil_me="\"job_id\":\"$VIGIL_JOB_ID\",\"restart\":$vigil_restart,\"pid\":$$,\"start\":$vigil_start,\"boot\":\"$vigil_boot\",\"host\":\"$vigil_host\""
vigil_token=$RANDOM$RANDOM

# Opening is the claim: exactly one copy can create the file. A disk that takes nothing is no second copy: it is waited for.
vigil_mine=''
set -o noclobber
until { exec 4>claim; } 2>/dev/null && vigil_mine=1; do
  [[ -e claim || ! -e script.sh || $vigil_signal ]] && break   # without its script the folder itself was removed
  sleep 2
done
set +o noclobber
[[ ! $vigil_mine && ! -e claim ]] && exit 74
if [[ $vigil_mine ]]; then
  until printf '{"token":"%s",%s}\n' "$vigil_token" "$vigil_me" >&4 || [[ $vigil_signal ]]; do sleep 2; done 2>/dev/null
  exec 4>&-
else
  # A network file system may report "exists" to the very process that created the file.
  { read -r vigil_seen <claim; } 2>/dev/null
  if [[ ${vigil_seen-} != "{\"token\":\"$vigil_token\",$vigil_me}" ]]; then
    vigil_now
    printf '{%s,"time":"%s"}\n' "$vigil_me" "$vigil_time" >refused.json
    printf 'vigil: another copy of this job claimed the attempt: %s\n' "${vigil_seen-}" >&2
    exit 75
  fi
fi
vigil_now
printf '{%s,"attempt":"%s","time":"%s"}\n' "$vigil_me" "$vigil_attempt" "$vigil_time" >started.json

export OMP_NUM_THREADS=1
export PYTHONUNBUFFERED="${PYTHONUNBUFFERED-1}" COLUMNS="${COLUMNS-200}" TQDM_MININTERVAL="${TQDM_MININTERVAL-1}"
export VIGIL_RUN=lr1e-3 VIGIL_ATTEMPT=1 VIGIL_OUTPUT_DIR=/exp/lr1e-3 VIGIL_JOB_ID
[[ /exp/lr1e-3/current.log -ef /exp/lr1e-3/slurm-"$VIGIL_JOB_ID".out ]] || ln -sfn -- slurm-"$VIGIL_JOB_ID".out /exp/lr1e-3/current.log

if [[ ! $vigil_signal ]]; then
(
exec 3>&-
cd -- /exp || exit 126
exec python3 train.py '--out='/exp/lr1e-3 'it'\''s'
)
vigil_code=$?
fi
trap '' TERM INT HUP QUIT USR1 USR2
if ((vigil_code > 128 && vigil_code <= 192)); then vigil_signal=$((vigil_code - 128)); fi
if [[ $vigil_code == 0 && $vigil_signal != 15 ]]; then vigil_signal=''; fi   # told to end, it has saved: whether it is done, the scheduler's word tells
vigil_now
# How the command ended must not be lost to a disk that is full just now: its slot is kept and the disk waited for.
until printf '{"code":%s,"signal":%s,"host":"%s","time":"%s"}\n' "${vigil_code:-null}" "${vigil_signal:-null}" "$vigil_host" "$vigil_time" >exit.json.tmp &&
  mv -f exit.json.tmp exit.json; do
  [[ -d . && -e claim ]] || break   # the folder was removed: nobody will read it
  sleep 2
done 2>/dev/null
exit "${vigil_code:-143}"
