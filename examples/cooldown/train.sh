#!/usr/bin/env bash
# Stands in for a trainer: goes on from the checkpoint under --load if there is one, "trains" up to --train-iters,
# and writes a checkpoint under --save. Prints what Megatron-LM would.
set -euo pipefail

total=0 load='' save='' lr='' pinned=''
while (($#)); do
    case $1 in
        --train-iters) total=$2; shift 2 ;;
        --load) load=$2; shift 2 ;;
        --save) save=$2; shift 2 ;;
        --ckpt-step) pinned=$2; shift 2 ;;
        --lr) lr=$2; shift 2 ;;
        *) shift ;;
    esac
done

step=0
if [[ -f $load/latest_checkpointed_iteration.txt ]]; then
    step=${pinned:-$(<"$load/latest_checkpointed_iteration.txt")}
    echo "  successfully loaded checkpoint from $load at iteration $step"
fi
while ((step < total)); do
    ((step += 10))
    echo " iteration $step/ $total | elapsed time per iteration (ms): 1.0 | learning rate: $lr | lm loss: $((300 - step)).0E-2 |"
done
mkdir -p "$save"
echo "$step" >"$save/latest_checkpointed_iteration.txt"
echo "  successfully saved checkpoint from iteration $step to $save"
