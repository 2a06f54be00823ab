using System.Collections.Immutable;
using Vigil.Platform;

namespace Vigil.Schedulers.Slurm;

/// <summary>What one of Slurm's commands answered.</summary>
/// <param name="Value">Null: it did not answer, and <paramref name="Trouble"/> says why in its own words.</param>
/// <param name="At">When it had answered.</param>
/// <param name="Raw">Everything that it printed.</param>
internal sealed record Answer<T>(T? Value, string? Trouble, DateTimeOffset At, string Raw) where T : class;

/// <summary>Rows of <c>squeue</c>; <c>Oddities</c>: records that were none.</summary>
internal sealed record QueueRows(ImmutableArray<QueueRow> Rows, int Oddities);

/// <summary>Rows of <c>sacct</c>. <c>IsOff</c>: the cluster keeps no accounts, so silence means nothing.</summary>
internal sealed record AccountingRows(ImmutableArray<AccountingRow> Rows, bool IsOff);

/// <summary>Slurm's commands as lists of words, each within the budget of requests and within a time of our own, since a hung daemon makes them wait for ever.</summary>
/// <param name="cluster">As <c>--clusters</c> names it; null: the default one.</param>
internal sealed class SlurmCommands(ISite site, RequestBudget budget, string? cluster, TimeProvider time)
{
    private static readonly TimeSpan SubmissionLimit = TimeSpan.FromSeconds(30), QueueLimit = TimeSpan.FromSeconds(30), ControlLimit = TimeSpan.FromSeconds(30);

    /// <summary>How long <c>sacct</c> is waited for: at a poll, which nobody waits for, and where the monitor waits and must go on saying that it lives.</summary>
    public static readonly TimeSpan AccountingAtPoll = TimeSpan.FromSeconds(60), AccountingAtOnce = TimeSpan.FromSeconds(20);

    /// <summary>Ids in one question: a command line may not be endless.</summary>
    public const int MostIds = 500;

    public async ValueTask<ProcessOutcome> SubmitAsync(ImmutableArray<string> words, CancellationToken stop)
    {
        await budget.TakeAsync(RequestKind.Ordinary, stop);
        var outcome = await site.RunAsync(words, SubmissionLimit, stop);
        Heed(outcome.Errors);
        return outcome;
    }

    /// <summary>How the queue is asked, for people; the columns are left out.</summary>
    public const string QueueLine = "squeue --me -h -r -t all";

    /// <summary>All of the user's jobs that the controller remembers, ended ones as well.</summary>
    /// <param name="wanted">Null: every row.</param>
    public async ValueTask<Answer<QueueRows>> QueueAsync(string format, HashSet<string>? wanted, CancellationToken stop)
    {
        await budget.TakeAsync(RequestKind.Ordinary, stop);
        var outcome = await site.RunAsync([.. SlurmText.Plain, "squeue", .. OnCluster, "--me", "-h", "-r", "-t", "all", "-O", format], QueueLimit, stop);
        Heed(outcome.Errors);
        if (Trouble("squeue", outcome) is { } trouble) return new(null, trouble, time.GetUtcNow(), outcome.Output);
        var rows = QueueText.Parse(outcome.Output, wanted, out var oddities);
        return new(new(rows, oddities), null, time.GetUtcNow(), outcome.Output);
    }

    /// <summary>Every run of these jobs.</summary>
    /// <param name="ids">At most <see cref="MostIds"/>; empty: all of the user's jobs.</param>
    public async ValueTask<Answer<AccountingRows>> AccountingAsync(string format, IReadOnlyCollection<string> ids, DateTimeOffset since, TimeSpan limit, CancellationToken stop)
    {
        await budget.TakeAsync(RequestKind.Ordinary, stop);
        ImmutableArray<string> chosen = ids.Count == 0 ? [] : ["-j", string.Join(',', ids)];
        var outcome = await site.RunAsync(
            [.. SlurmText.Plain, "sacct", .. OnCluster, "-X", "-n", "-P", "-D", $"--delimiter={SlurmText.Unit}", "-S", SlurmText.ForQuery(since), "-E", "now", "-o", format, .. chosen], limit, stop);
        Heed(outcome.Errors);
        if (outcome.ExitCode is not 0 && outcome.Errors.Contains("accounting storage is disabled", StringComparison.Ordinal)) return new(new([], IsOff: true), null, time.GetUtcNow(), outcome.Errors);
        return Trouble("sacct", outcome) is { } trouble
            ? new(null, trouble, time.GetUtcNow(), outcome.Output)
            : new(new(AccountingText.Parse(outcome.Output, format), IsOff: false), null, time.GetUtcNow(), outcome.Output);
    }

    /// <summary>What these jobs used, steps and all, as <see cref="UsageText"/> reads it.</summary>
    public ValueTask<Answer<string>> UsageAsync(IReadOnlyCollection<string> ids, TimeSpan limit, CancellationToken stop) =>
        AskAsync(["sacct", .. OnCluster, "-n", "-P", $"--delimiter={SlurmText.Unit}", "-o", UsageText.Format, "-j", string.Join(',', ids)], limit, stop);

    /// <summary>The same of jobs that run, of which accounting knows it only afterwards.</summary>
    public ValueTask<Answer<string>> LiveUsageAsync(IReadOnlyCollection<string> ids, TimeSpan limit, CancellationToken stop) =>
        AskAsync(["sstat", .. OnCluster, "-a", "-n", "-P", $"--delimiter={SlurmText.Unit}", "-o", UsageText.LiveFormat, "-j", string.Join(',', ids)], limit, stop);

    private async ValueTask<Answer<string>> AskAsync(ImmutableArray<string> words, TimeSpan limit, CancellationToken stop)
    {
        await budget.TakeAsync(RequestKind.Ordinary, stop);
        var outcome = await site.RunAsync([.. SlurmText.Plain, .. words], limit, stop);
        Heed(outcome.Errors);
        return Trouble(words[0], outcome) is { } trouble ? new(null, trouble, time.GetUtcNow(), outcome.Output) : new(outcome.Output, null, time.GetUtcNow(), outcome.Output);
    }

    /// <summary>Jobs that are to end.</summary>
    public BatchedCall Cancels => field ??= new(stop => budget.TakeAsync(RequestKind.Cancel, stop), (jobs, stop) => SendAsync(["scancel", .. OnCluster, .. jobs], stop));

    public BatchedCall Holds => field ??= Changes("hold");
    public BatchedCall Releases => field ??= Changes("release");
    public BatchedCall Requeues => field ??= Changes("requeue");

    public async ValueTask<ProcessOutcome> UpdateAsync(string job, string change, CancellationToken stop)
    {
        await budget.TakeAsync(RequestKind.Ordinary, stop);
        return await SendAsync(["scontrol", .. OnCluster, "update", $"JobId={job}", change], stop);
    }

    private BatchedCall Changes(string verb) =>
        new(stop => budget.TakeAsync(RequestKind.Ordinary, stop), (jobs, stop) => SendAsync(["scontrol", .. OnCluster, verb, string.Join(',', jobs)], stop));

    /// <summary>Which of these nodes are down, as Slurm lists them; null: none is, or nobody says.</summary>
    public async ValueTask<string?> DownNodesAsync(string nodes, CancellationToken stop)
    {
        await budget.TakeAsync(RequestKind.Ordinary, stop);
        var outcome = await site.RunAsync([.. SlurmText.Plain, "sinfo", .. OnCluster, "-h", "-N", "-n", nodes, "-t", "down,drained,draining,fail,no_respond", "-o", "%N"], QueueLimit, stop);
        Heed(outcome.Errors);
        if (outcome.ExitCode is not 0) return null;
        var down = outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(static n => !n.Contains(' ', StringComparison.Ordinal)).Distinct(StringComparer.Ordinal);
        return string.Join(',', down) is { Length: > 0 } list ? list : null;
    }

    /// <summary>Why an answer is none; null: it is one. An empty answer beside an error is none either, whatever the exit code says.</summary>
    public static string? Trouble(string program, ProcessOutcome outcome)
    {
        if (outcome.ExitCode is null) return outcome.Errors;
        if (outcome.ExitCode is 127) return $"{program} is not to be found: run this on a login node, or load the cluster's environment first";
        var said = SlurmText.LastLine(outcome.Errors);
        if (outcome.ExitCode is 0) return outcome.Output.Length == 0 && said.Contains("error", StringComparison.OrdinalIgnoreCase) ? said : null;
        return said.Length > 0 ? said : $"{program} exited {outcome.ExitCode}";
    }

    private async ValueTask<ProcessOutcome> SendAsync(ImmutableArray<string> words, CancellationToken stop)
    {
        var outcome = await site.RunAsync([.. SlurmText.Plain, .. words], ControlLimit, stop);
        Heed(outcome.Errors);
        return outcome;
    }

    private ImmutableArray<string> OnCluster => cluster is null ? [] : ["-M", cluster];

    private void Heed(string errors)
    {
        if (errors.Length > 0 && Refusals.Of(1, errors).Kind is Refusal.RateLimit) budget.SlowDown();
    }
}
