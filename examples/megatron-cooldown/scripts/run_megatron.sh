#!/usr/bin/env bash
# Stands in for Megatron-LM: takes its options, prints its lines and lays out its checkpoints, a thousand iterations at a time.
set -euo pipefail

total=0 load='' save='' lr='' step='' interval=1000
while (($#)); do
    case $1 in
        --train-iters) total=$2 ;;
        --load) load=$2 ;;
        --save) save=$2 ;;
        --ckpt-step) step=$2 ;;
        --save-interval) interval=$2 ;;
        --lr | --learning-rate) lr=$2 ;;
        --seq-length | --global-batch-size | --lr-decay-style | --lr-decay-iters | --lr-wsd-decay-iters) ;;
        --bf16 | --no-bias-dropout-fusion)
            shift
            continue
            ;;
        *) echo "unknown option $1" >&2; exit 2 ;;
    esac
    shift 2
done

at=0
if [[ -f $load/latest_checkpointed_iteration.txt ]]; then
    at=${step:-$(<"$load/latest_checkpointed_iteration.txt")}
    [[ -d $load/$(printf 'iter_%07d' "$at") ]] || { echo "there is no checkpoint of iteration $at in $load" >&2; exit 1; }
    echo "  successfully loaded checkpoint from $load at iteration $at"
fi
while ((at < total)); do
    ((at += 1000))
    sleep 0.02
    printf ' [%(%F %T)T] iteration %8d/%8d | elapsed time per iteration (ms): 0.1 | learning rate: %s | lm loss: %d.5E-01 |\n' -1 "$at" "$total" "$lr" $((1 + 90000 / at))
    ((at % interval == 0 || at >= total)) || continue
    mkdir -p "$save/$(printf 'iter_%07d' "$at")"
    echo "$lr" >"$save/$(printf 'iter_%07d' "$at")/learning_rate"
    echo "$at" >"$save/latest_checkpointed_iteration.txt"
    printf '  successfully saved checkpoint from iteration %7d to %s\n' "$at" "$save"
done
echo "[after training is done] datetime: $(date '+%F %T')"
