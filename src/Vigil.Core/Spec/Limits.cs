using Vigil.Configuration;

namespace Vigil.Spec;

/// <summary>Checks what the contract's types cannot say: ranges, and words out of a fixed list.</summary>
internal static class Limits
{
    public static void Check(ConfigNode.Mapping tree, LocalSpec local, JobSpec job, DiagnosticBag report)
    {
        void Need(bool holds, string section, string key, string rule)
        {
            if (!holds) report.Error("CFG053", (Merging.Find(tree, [section, .. key.Split('.')]) ?? tree).At, $"'{section}.{key}' must be {rule}");
        }
        Need(local.Slots is null or >= 1, "local", "slots", "at least 1");
        Need(local.CpusPerRun >= 0, "local", "cpus_per_run", "0 or more");
        Need(local.GpusPerRun >= 0, "local", "gpus_per_run", "0 or more");
        Need(local.GraceSeconds is >= 0 and <= 86400, "local", "grace_seconds", "between 0 and 86400");
        Need(job.FenceSeconds is >= 0 and <= 86400, "job", "fence_seconds", "between 0 and 86400");
        if (job.Restart is not { } restart) return;
        Need(restart.MaxAttempts >= 1, "job", "restart.max_attempts", "at least 1");
        Need(restart.DelaySeconds is >= 0 and <= 604800, "job", "restart.delay_seconds", "between 0 and 604800");
        if (Merging.Find(tree, ["job", "restart", "causes"]) is ConfigNode.Sequence causes)
            foreach (var cause in causes.Items.OfType<ConfigNode.Scalar>()) CheckCause(cause, report);
    }

    private static void CheckCause(ConfigNode.Scalar cause, DiagnosticBag report)
    {
        if (RestartSpec.KnownCauses.Contains(cause.Text)) return;
        if (cause.Text == "user_error") report.Error("CFG056", cause.At, "a run that failed by 'user_error' (a missing module, a bad argument) is never restarted", "take it out of job.restart.causes");
        else report.Error("CFG056", cause.At, $"'{cause.Text}' is no cause of a failure", Suggestion.Hint(cause.Text, RestartSpec.KnownCauses));
    }
}
