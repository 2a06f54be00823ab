using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Vigil.Configuration;
using Vigil.Journaling;
using Vigil.Planning;
using Vigil.Platform;
using Vigil.Schedulers.Slurm;
using Vigil.Spec;

namespace Vigil.Cli;

/// <summary>What the watch's own job asks of Slurm; null: what the site gives.</summary>
/// <param name="Others">Further options of <c>sbatch</c>, as words.</param>
internal sealed record WatchJobOptions(string? Time, string? Partition, string? Account, string? Qos, ImmutableArray<string> Others)
{
    public bool IsEmpty => (Time ?? Partition ?? Account ?? Qos) is null && Others.IsEmpty;

    private (string Name, string? Value)[] Named => [("--time", Time), ("--partition", Partition), ("--account", Account), ("--qos", Qos)];

    /// <summary>As words of <c>sbatch</c>.</summary>
    public IEnumerable<string> SbatchWords() => [.. Named.Where(static o => o.Value is not null).Select(static o => $"{o.Name}={o.Value}"), .. Others];

    /// <summary>As words of <c>vigil watch --as-job</c>.</summary>
    public IEnumerable<string> Words() => [.. Named.Where(static o => o.Value is not null).Select(static o => $"{o.Name}={o.Value}"), .. Others.Select(static o => $"--sbatch={o}")];
}

/// <summary><c>vigil watch DIR --as-job</c>: the monitor as a Slurm job of one CPU that submits its successor before its time is up, so that the watch outlives login nodes and time limits.</summary>
internal sealed class WatchAsJob(CliContext context, ExperimentFolder folder, WatchJobOptions options)
{
    /// <summary>Before its end the job is warned: enough for a busy controller, and no more than a third of a short job. Slurm looks at the time every 30 s only.</summary>
    private int WarningSeconds => WallTime.TryParse(options.Time ?? "", out var time) ? (int)Math.Clamp(time.TotalSeconds / 3, 30, 300) : 300;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20), AskAgainEvery = TimeSpan.FromSeconds(10), Patience = TimeSpan.FromSeconds(120);
    private readonly HereSite _site = new(Path.Combine(folder.Views, "clock"), CommandEnvironment.Ours(), context.Time);

    public async Task<int> SubmitAsync(CancellationToken stop)
    {
        var follower = new JournalFollower(folder);
        follower.Read();
        if (follower.Damage is { } damage) return Talk.Damaged(context, folder, damage);
        if (follower.State.Experiment is not { } experiment) return WatchCommand.Problem(context, $"{folder.Root} has a journal without a plan: its launch was interrupted. Type the 'vigil run' command again");
        if (follower.State.AllFinished)
        {
            context.Talk.WriteLine($"There is nothing left to watch: every run in {folder.Root} is over.");
            return ExitCode.Done;
        }
        var name = JobName(experiment.Name, folder);
        var others = await OthersAsync(name, stop);
        if (others.Trouble is { } trouble) return NoAnswer("squeue", trouble);
        if (!others.Jobs.IsEmpty) return Already(others.Jobs.FirstOrDefault(static j => j.Runs) ?? others.Jobs[0], name);
        WatchJobNote.Clear(folder);
        if (Lease.Judge(Lease.Read(folder), follower.Header, ThisProcess.Writer, ThisProcess.Lives) is Standing.Held { Writer: var writer })
        {
            context.Talk.WriteLine($"error RUN032: {folder.Root} is watched by another monitor: {writer.Host}, pid {writer.Pid}");
            context.Talk.WriteLine($"    End that watch first, which leaves its jobs running, then type the same command again: kill {writer.Pid}");
            return ExitCode.HeldElsewhere;
        }
        var asked = Asked(follower.State.InPlanOrder.Select(static r => r.Plan.Slurm).FirstOrDefault(static s => s is not null));
        var found = await ClusterCheck.OfWatchAsync(context, folder, SbatchWords(name, asked), stop);
        Reporting.Print(context, found, new SourceTexts());
        if (found.Any(static d => d.Severity is Severity.Error)) return ExitCode.UserMistake;
        var submitted = await SbatchAsync(name, experiment, asked, stop);
        if (submitted is not { ExitCode: 0 }) return NoAnswer("sbatch", Words(submitted), Doubt(submitted));
        var job = Noted(submitted);
        context.Talk.WriteLine($"The watch over {folder.Root} is Slurm job {job} ({name}); before its time is up it hands over to a job of the same name.");
        context.Talk.WriteLine($"To look: vigil status {folder.Root}  (what the watch says: {Path.Combine(folder.Views, "watch-JOBID.out")})");
        context.Talk.WriteLine($"To end the watch, and leave the runs' jobs: scancel --name={name}");
        return ExitCode.Done;
    }

    /// <summary>Called inside the job when its time is nearly up. Tries for a while, since the controller may be busy.</summary>
    public async Task<int> HandOverAsync(CancellationToken stop)
    {
        var follower = new JournalFollower(folder);
        follower.Read();
        if (follower.State.Experiment is not { } experiment || follower.State.AllFinished) return ExitCode.Done;
        var name = JobName(experiment.Name, folder);
        var began = context.Time.GetTimestamp();
        while (true)
        {
            var others = await OthersAsync(name, stop);
            if (others.Trouble is null && others.Jobs.Any(job => job.Id != context.Environment("SLURM_JOB_ID"))) return ExitCode.Done;
            var submitted = others.Trouble is null ? await SbatchAsync(name, experiment, options, stop) : null;
            if (submitted is { ExitCode: 0 })
            {
                context.Talk.WriteLine($"The time of this job is nearly up: job {Noted(submitted)} takes over the watch.");
                return ExitCode.Done;
            }
            if (context.Time.GetElapsedTime(began) >= Patience) return submitted is null ? NoAnswer("squeue", others.Trouble!) : NoAnswer("sbatch", Words(submitted), Doubt(submitted));
            await Task.Delay(AskAgainEvery, context.Time, stop);
        }
    }

    /// <summary>Experiments may bear the same name: the folder tells them apart. Nothing in it means anything to Slurm or to a shell.</summary>
    public static string JobName(string experiment, ExperimentFolder folder)
    {
        var plain = string.Concat(experiment.Select(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '-'));
        return $"vigil-watch-{plain[..Math.Min(60, plain.Length)]}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(folder.Root)))[..6]}";
    }

    /// <summary>The user's jobs of this name that wait or run.</summary>
    private async Task<(ImmutableArray<WatchJob> Jobs, string? Trouble)> OthersAsync(string name, CancellationToken stop)
    {
        var queue = await _site.RunAsync(["squeue", "--me", "-h", $"--name={name}", "-t", "PENDING,RUNNING,SUSPENDED,CONFIGURING", "-o", WatchJob.Format], Limit, stop);
        return queue.Succeeded ? ([.. queue.Output.Split('\n').Select(WatchJob.Of).OfType<WatchJob>()], null) : ([], Words(queue));
    }

    private int Already(WatchJob job, string name)
    {
        WatchJobNote.Write(folder, job.Id);
        foreach (var line in job.Already(name, folder)) context.Talk.WriteLine(line);
        return ExitCode.HeldElsewhere;
    }

    /// <summary>The id of a job that was submitted just now.</summary>
    private string Noted(ProcessOutcome submitted)
    {
        var job = submitted.Output.Trim().Split(';')[0];
        WatchJobNote.Write(folder, job);
        return job;
    }

    /// <param name="like">A run of the experiment, whose account the watch is charged to as well; null: the options say it, or the site.</param>
    private WatchJobOptions Asked(SlurmJob? like) => options with { Account = options.Account ?? like?.Option("account") };

    private async Task<ProcessOutcome> SbatchAsync(string name, ExperimentHeader experiment, WatchJobOptions asked, CancellationToken stop)
    {
        var script = Path.Combine(folder.Views, "watch.sbatch");
        try
        {
            PrivateFolder.Create(folder.Views);
            AtomicFile.Write(script, WatchScript.Render(Installed.Program, folder.Root, experiment.Name, asked.Words()), PrivateFolder.OwnerOnly);
        }
        // The watch goes on until its time is up, and there may be room again before.
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException) { return new(null, "", $"sbatch {ProcessRunner.NotStarted}: {refusal.Message}"); }
        return await _site.RunAsync(["sbatch", .. SbatchWords(name, asked), script], Limit, stop);
    }

    /// <summary>The job's options; of two that ask for the same the later one wins.</summary>
    private ImmutableArray<string> SbatchWords(string name, WatchJobOptions asked) =>
    [
        "--parsable", $"--job-name={name}", "--dependency=singleton", "--nodes=1", "--ntasks=1", "--cpus-per-task=1", "--requeue", "--open-mode=append", $"--signal=B:USR1@{WarningSeconds}",
        $"--output={folder.Views.Replace("%", "%%", StringComparison.Ordinal)}/watch-%j.out", $"--chdir={folder.Root}",
        // The site's own default is often too little for any program with a runtime.
        .. asked.Others.Any(static o => o.StartsWith("--mem", StringComparison.Ordinal)) ? [] : (string[])["--mem=1G"], .. asked.SbatchWords(),
    ];

    /// <summary>Where the answer was lost a job may have been made; null: none was.</summary>
    private static string? Doubt(ProcessOutcome outcome) =>
        outcome.Errors.Contains(ProcessRunner.NotStarted, StringComparison.Ordinal) || Refusals.Of(outcome.ExitCode, outcome.Errors).Kind is not Refusal.InDoubt
            ? null : "Its answer was lost, so the watch may have been submitted all the same: squeue --me shows it. Typing the same command again starts no second one beside it.";

    /// <param name="doubt">Null: nothing was changed.</param>
    private int NoAnswer(string program, string words, string? doubt = null)
    {
        context.Talk.WriteLine($"error RUN052: {program} did not take the watch: {words}");
        context.Talk.WriteLine($"    {doubt ?? "Nothing was changed. With what the words ask for, type the same command again: --time, --partition, --account, --qos, and --sbatch for any other option."}");
        return doubt is not null || words.Contains("No such file", StringComparison.Ordinal) || words.Contains("Unable to contact", StringComparison.Ordinal) || words.Contains("timed out", StringComparison.Ordinal) ? ExitCode.NoScheduler : ExitCode.UserMistake;
    }

    private static string Words(ProcessOutcome outcome) => outcome.Errors.Trim().ReplaceLineEndings("; ") is { Length: > 0 } said ? said : $"exit {outcome.ExitCode}";
}
