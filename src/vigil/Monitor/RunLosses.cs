using Vigil.Logs.Checkpoints;
using Vigil.Monitoring;

namespace Vigil.Monitor;

/// <summary>What a run's log showed of its losses on held-out data.</summary>
internal sealed class RunLosses(MetricStore store, ProgressBoard progress)
{
    public HeldOutLosses Of(RunRecord run) => new(store.Evaluations(run.Id), progress.Of(run)?.StepsPerEpoch);
}
