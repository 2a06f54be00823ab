namespace FakeSlurm.Commands;

/// <summary>Every call passes here: it is answered truly unless a fault befalls it.</summary>
internal static class Malice
{
    private const string Timeout = "Socket timed out on send/recv operation";
    private static readonly string[] Accountants = ["sacct", "sacctmgr"];
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(9);
    private static readonly TimeSpan MessagePatience = TimeSpan.FromSeconds(10);

    // sbatch sleeps 1, 2, … 15 s between its tries.
    private static readonly TimeSpan RetryPatience = TimeSpan.FromSeconds(120);

    public static Answer Answer(ClusterState state, Call call)
    {
        if (call.Command == "fake") return Fake.Answer(state, call);
        var waited = Accountants.Contains(call.Command) ? TimeSpan.Zero : RateLimit.Wait(state);
        var answer = Next(state, call) is { } fault ? Befall(state, call, fault) : Commands.Truth.Answer(state, call);
        return answer with { Took = answer.Took + waited };
    }

    private static Fault? Next(ClusterState state, Call call)
    {
        var at = state.Faults.FindIndex(fault => fault.Times is null or > 0 && fault.Command is null ? Befalls(fault.Kind, call.Command) : fault.Command == call.Command);
        if (at < 0) return null;
        var fault = state.Faults[at];
        if (fault.Spares > 0)
        {
            state.Faults[at] = fault with { Spares = fault.Spares - 1 };
            return null;
        }
        if (fault.Times is > 1) state.Faults[at] = fault with { Times = fault.Times - 1 };
        else if (fault.Times is not null) state.Faults.RemoveAt(at);
        return fault;
    }

    private static bool Befalls(FaultKind kind, string command) => kind switch
    {
        FaultKind.EmptyQueue or FaultKind.OtherUsers or FaultKind.OnlyOtherUsers => command == "squeue",
        FaultKind.Garbled => command is "squeue" or "sacct",
        FaultKind.Noise or FaultKind.ClusterSuffix or FaultKind.TemporarilyUnable or FaultKind.StaysUnable or FaultKind.Refuse => command == "sbatch",
        FaultKind.AcceptThenTimeOut => command is "sbatch" or "scancel" or "scontrol",
        FaultKind.AccountingDown or FaultKind.AccountingHung => command is "sacct" or "sacctmgr",
        FaultKind.EmptyAccounting => command == "sacct",
        FaultKind.Slow or FaultKind.NoMunge => true,
        _ => !Accountants.Contains(command),
    };

    private static Answer Befall(ClusterState state, Call call, Fault fault) => fault.Kind switch
    {
        FaultKind.Down => Complaint.Of(call, "Unable to contact slurm controller (connect failure)", 8) with { Took = ConnectPatience },
        FaultKind.Hung => Complaint.Of(call, Timeout, 140) with { Took = MessagePatience },
        FaultKind.AcceptThenTimeOut => Lost(state, call),
        FaultKind.Slow => Truth.Answer(state, call) with { Took = TimeSpan.FromSeconds(fault.Seconds) },
        FaultKind.RateLimited => Complaint.Of(call, "Rate limit exceeded, please retry momentarily", 12),
        FaultKind.Refuse => FakeSlurm.Answer.Refused(1, $"sbatch: error: {fault.Text}\nsbatch: error: Batch job submission failed: Unspecified error\n"),
        FaultKind.TemporarilyUnable => Unable(Truth.Answer(state, call)) with { Took = TimeSpan.FromSeconds(1) },
        FaultKind.StaysUnable => Unable(Complaint.Of(call, "Resource temporarily unavailable", 11)) with { Took = RetryPatience },
        FaultKind.NoMunge => Complaint.WithoutMunge(call),
        FaultKind.EmptyQueue or FaultKind.EmptyAccounting => FakeSlurm.Answer.Quiet,
        FaultKind.OtherUsers => Squeue.Answer(state, call, _ => true),
        FaultKind.OnlyOtherUsers => Squeue.Answer(state, call, job => job.User != state.Site.User),
        FaultKind.Garbled => Garble(Truth.Answer(state, call)),
        FaultKind.Noise => Truth.Answer(state, call) is var answer ? answer with { Output = $"{fault.Text}\n{answer.Output}" } : null!,
        FaultKind.ClusterSuffix => Truth.Answer(state, call) is var answer ? answer with { Output = $"{answer.Output.TrimEnd('\n')};{state.Site.ClusterName}\n" } : null!,
        FaultKind.AccountingDown => Complaint.WithoutAccounting(call),
        FaultKind.AccountingHung => new Answer(1, "", "") { Took = TimeSpan.FromHours(1) },
        _ => throw new InvalidOperationException($"{fault.Kind} is not made"),
    };

    private static Answer Lost(ClusterState state, Call call)
    {
        // What the controller refused it refused, but the client never learns of it.
        Truth.Answer(state, call);
        return Complaint.Of(call, Timeout, 140) with { Took = MessagePatience };
    }

    private static Answer Unable(Answer answer) => answer with { Errors = $"sbatch: error: Slurm temporarily unable to accept job, sleeping and retrying\n{answer.Errors}" };

    // The first line is cut, the second comes twice, text that is no table stands in between, and the end is missing.
    private static Answer Garble(Answer answer)
    {
        var lines = answer.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).ToList();
        if (lines.Count == 0) return answer with { Output = "slurm_load_jobs: warning\n\n" };
        lines[0] = lines[0][..(lines[0].Length / 2)];
        if (lines.Count > 1) lines.Insert(1, lines[1]);
        lines.Insert(1, "\u0000\u001b[0m--- \ufffd");
        return answer with { Output = string.Join('\n', lines)[..^1] };
    }
}

/// <summary>Slurm's own rate limit (rl_enable, 23.02 and newer): the client that asks too often sleeps 1 s, 2 s, … and says nothing.</summary>
internal static class RateLimit
{
    public static TimeSpan Wait(ClusterState state)
    {
        var site = state.Site;
        if (site.RateBucket <= 0) return TimeSpan.Zero;
        state.RateTokens = Math.Min(site.RateBucket, state.RateTokens + (state.Now - state.RateAt).TotalSeconds * site.RateRefill);
        state.RateAt = state.Now;
        var waited = 0;
        for (var tries = 1; state.RateTokens < 1; tries++)
        {
            waited += tries;
            state.RateTokens += tries * site.RateRefill;
        }
        state.RateTokens--;
        state.Calls["rate-limited"] = state.Calls.GetValueOrDefault("rate-limited") + (waited > 0 ? 1 : 0);
        return TimeSpan.FromSeconds(waited);
    }
}
