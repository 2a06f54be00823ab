namespace FakeSlurm.Commands;

/// <summary>The commands as they answer when nothing is wrong.</summary>
internal static class Truth
{
    public static Answer Answer(ClusterState state, Call call) => call.Command switch
    {
        _ when call.Words is ["--version"] or ["-V"] => FakeSlurm.Answer.Said("slurm-wlm 22.05.8\n"),
        "sbatch" => Sbatch.Answer(state, call),
        "squeue" => Squeue.Answer(state, call, null),
        "sacct" => Sacct.Answer(state, call),
        "scancel" => Scancel.Answer(state, call),
        "scontrol" => Scontrol.Answer(state, call),
        "sinfo" => Sinfo.Answer(state, call),
        "sacctmgr" => Sacctmgr.Answer(state, call),
        _ => FakeSlurm.Answer.Refused(127, $"{call.Command}: command not found\n"),
    };

    /// <summary>The job ids of a scancel or scontrol call, as they were written.</summary>
    public static List<string> Targets(Call call)
    {
        var words = call.Words.Where(word => !word.StartsWith('-')).ToList();
        if (call.Command == "scancel") return [.. words.SelectMany(word => word.Split(','))];
        if (words is ["update", ..]) words = [.. words.Skip(1).Where(word => word.StartsWith("job", StringComparison.OrdinalIgnoreCase)).Select(word => word[(word.IndexOf('=', StringComparison.Ordinal) + 1)..])];
        else words = [.. words.Skip(1)];
        return [.. words.SelectMany(word => word.Split(','))];
    }

    /// <summary>The jobs that <c>12</c>, <c>12_3</c> or <c>12_[3,5-7]</c> names; null where the text is no job id.</summary>
    public static List<FakeJob>? Jobs(ClusterState state, string text)
    {
        var parts = text.Split('_', 2);
        if (!int.TryParse(parts[0].Split('+')[0], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var id)) return null;
        var found = state.Find(id);
        if (parts.Length == 1 || parts[1] == "*") return [.. found];
        if (ArrayIds.Parse(parts[1].Trim('[', ']'), int.MaxValue) is not { } range) return null;
        return [.. found.Where(job => job.TaskId is { } task && range.Tasks.Contains(task))];
    }
}
