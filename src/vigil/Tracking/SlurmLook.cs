using System.Collections.Immutable;
using Vigil.Configuration;
using Vigil.Journaling;
using Vigil.Planning;
using Vigil.Schedulers.Slurm;

namespace Vigil.Tracking;

/// <summary>Asks Slurm for all of the user's jobs since a time: squeue once and sacct once, however many jobs there are.</summary>
internal sealed class SlurmLook(SlurmCommands commands)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static SlurmLook Here(string folder, TimeProvider time) => new(new(
        new HereSite(Path.Combine(folder, "clock"), CommandEnvironment.Ours(), time),
        new RequestBudget(RequestBudget.FileOf("", null), SlurmSettings.Default.RequestsPerSecond, time, ThisProcess.Writer.Boot), null, time));

    /// <summary>Null, with a message, when one of them does not answer: half an answer would be taken for a whole one.</summary>
    public async Task<ImmutableArray<SeenJob>?> AskAsync(DateTimeOffset since, DiagnosticBag report, CancellationToken stop)
    {
        var queue = await commands.QueueAsync(QueueText.FormatWithFolder, wanted: null, stop);
        if (queue.Value is not { } rows)
        {
            report.Error("STA005", SourceSpan.None, $"squeue does not answer: {queue.Trouble}", "look whether this is the cluster (which squeue; scontrol ping). Without --update, 'vigil status --markdown' tells what the file says");
            return null;
        }
        var accounting = await AccountsAsync(AccountingText.FormatWithFolder, since, stop);
        // Versions that keep no folder.
        if (accounting.Trouble?.Contains("Invalid field requested", StringComparison.Ordinal) is true) accounting = await AccountsAsync(AccountingText.Format, since, stop);
        if (accounting.Value is not { } accounts)
        {
            report.Error("STA006", SourceSpan.None, $"sacct does not answer, and without it nobody knows how jobs ended: {accounting.Trouble}", "try again when it does");
            return null;
        }
        if (accounts.IsOff) report.Warning("STA006", SourceSpan.None, "this cluster keeps no accounts: jobs that ended some minutes ago are not known any more, and stand as they stood");
        return SeenJob.OnePerId(rows.Rows.SelectMany(Seen), accounts.Rows.Select(static r => new SeenJob(Whole(r.Id), r.Name, r.State, null, r.Submit, r.Last)));
    }

    private ValueTask<Answer<AccountingRows>> AccountsAsync(string format, DateTimeOffset since, CancellationToken stop) => commands.AccountingAsync(format, [], since, Patience, stop);

    private static IEnumerable<SeenJob> Seen(QueueRow row) =>
        (row.Id.EndsWith(']') ? SlurmIds.Expand(row.Id) : [Whole(row.Id)]).Select(id => new SeenJob(id, row.Name, row.State, row.Reason, row.Submit, row.Last));

    /// <summary>The first part of a heterogeneous job goes by the job's own id.</summary>
    private static string Whole(string id) => id.EndsWith("+0", StringComparison.Ordinal) ? id[..^2] : id;
}
