using Vigil.Configuration;

namespace Vigil.Spec;

/// <summary>Checks what the contract's types cannot say: ranges, and words out of a fixed list.</summary>
internal static class Limits
{
    /// <summary>Looks at the values themselves: a section with another mistake in it is checked as well.</summary>
    public static void CheckLocal(ConfigNode local, DiagnosticBag report)
    {
        Need(local, "local", "slots", 1, double.MaxValue, "at least 1", report);
        Need(local, "local", "cpus_per_run", 0, double.MaxValue, "0 or more", report);
        Need(local, "local", "gpus_per_run", 0, double.MaxValue, "0 or more", report);
        Need(local, "local", "grace_seconds", 0, 86400, "between 0 and 86400", report);
    }

    public static void CheckProject(ConfigNode project, DiagnosticBag report) => Need(project, "project", "status_check_seconds", 1, 86400, "between 1 and 86400", report);

    public static void CheckJob(ConfigNode job, DiagnosticBag report)
    {
        Need(job, "job", "fence_seconds", 0, 86400, "between 0 and 86400", report);
        Need(job, "job", "restart.max_attempts", 1, double.MaxValue, "at least 1", report);
        Need(job, "job", "restart.delay_seconds", 0, 604800, "between 0 and 604800", report);
        Need(job, "job", "restart.max_gpu_hours", 0, double.MaxValue, "0 or more", report);
        CheckBudgets(Merging.Find(job, ["restart", "budgets"]), report);
        if (Merging.Find(job, ["restart", "causes"]) is ConfigNode.Sequence causes)
            foreach (var cause in causes.Items.OfType<ConfigNode.Scalar>()) CheckCause(cause, report);
    }

    public static void CheckSlurm(ConfigNode slurm, DiagnosticBag report)
    {
        Need(slurm, "slurm", "array_size", 1, 1_000_000, "between 1 and 1000000", report);
        Need(slurm, "slurm", "array_at_once", 1, 1_000_000, "between 1 and 1000000", report);
        Need(slurm, "slurm", "chain", 1, 100, "between 1 and 100", report);
        Need(slurm, "slurm", "requests_per_second", double.Epsilon, 1000, "more than 0, at most 1000", report);
        Need(slurm, "slurm", "stuck_after_seconds", 0, 31_536_000, "between 0 and 31536000", report);
        Need(slurm, "slurm", "wait_seconds", 0, 604_800, "between 0 and 604800", report);
        Need(slurm, "slurm", "doubt_seconds", 0, 86_400, "between 0 and 86400", report);
    }

    private static void Need(ConfigNode section, string name, string key, double least, double most, string rule, DiagnosticBag report)
    {
        if (Merging.Find(section, key.Split('.')) is ConfigNode.Scalar node && Number(node) is { } number && (number < least || number > most))
            report.Error("CFG053", node.At, $"'{name}.{key}' must be {rule}");
    }

    private static double? Number(ConfigNode.Scalar node) => ScalarValue.Of(node) switch
    {
        ScalarValue.Whole { Value: var whole } => (double)whole,
        ScalarValue.Real { Value: var real } when !double.IsNaN(real) => real,
        ScalarValue.Real => double.NegativeInfinity,
        _ => null,
    };

    private static void CheckBudgets(ConfigNode? budgets, DiagnosticBag report)
    {
        if (budgets is null || ScalarValue.IsNull(budgets)) return;
        if (budgets is not ConfigNode.Mapping map)
        {
            report.Error("CFG041", budgets.At, $"'job.restart.budgets' must be a mapping of causes, not {Binder.Describe(budgets)}", "such as {hang: 2, infrastructure: 5}");
            return;
        }
        foreach (var entry in map.Entries)
        {
            CheckCause(new(entry.KeyAt, entry.Key, ScalarStyle.Plain), report);
            if (entry.Value is not ConfigNode.Scalar { Value: ScalarValue.Whole { Value: var most } } || most < 0 || most > 1_000_000) report.Error("CFG053", entry.Value.At, $"'job.restart.budgets.{entry.Key}' must be a whole number, 0 or more");
        }
    }

    private static void CheckCause(ConfigNode.Scalar cause, DiagnosticBag report)
    {
        if (RestartSpec.KnownCauses.Contains(cause.Text)) return;
        if (cause.Text == "user_error") report.Error("CFG056", cause.At, "a run that failed by 'user_error' (a missing module, a bad argument) is never restarted", "take it out of job.restart.causes");
        else report.Error("CFG056", cause.At, $"'{cause.Text}' is no cause of a failure", Suggestion.Hint(cause.Text, RestartSpec.KnownCauses));
    }
}
