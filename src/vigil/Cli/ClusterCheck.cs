using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using Vigil.Configuration;
using Vigil.Journaling;
using Vigil.Planning;
using Vigil.Schedulers.Local;
using Vigil.Schedulers.Slurm;
using Vigil.Schedulers.Slurm.Preflight;
using Vigil.Schedulers.Slurm.Ssh;

namespace Vigil.Cli;

/// <summary>What the clusters of a plan say to it, before anything is submitted.</summary>
/// <param name="Unheard">Of the first cluster that could not be asked: why. Null: all answered.</param>
internal sealed record ClusterVerdict(ImmutableArray<Diagnostic> Diagnostics, ImmutableArray<string> Notes, Survey? Unheard)
{
    public bool Refuses => Diagnostics.Any(static d => d.Severity is Severity.Error);
}

/// <summary>Asks the clusters of a plan once a process, and compares.</summary>
internal static class ClusterCheck
{
    /// <summary>So long <c>plan</c> waits for a cluster: it must not hang where nothing is launched.</summary>
    private static readonly TimeSpan PlanLimit = TimeSpan.FromSeconds(4);

    /// <summary>Slurm's own programs give up after 10 s on a controller that hangs.</summary>
    private static readonly TimeSpan RunLimit = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan AskAgainEvery = TimeSpan.FromSeconds(5);
    private static readonly ConcurrentDictionary<(string Site, string? Cluster), Survey.Answered> Answers = new();

    /// <summary>For <c>plan</c>: what is found goes into the experiment's report; what should be known is said.</summary>
    public static async Task<ImmutableArray<string>> OfPlanAsync(CliContext context, Plan plan, LoadedExperiment loaded, CancellationToken stop)
    {
        if (!NeedsSlurm(plan)) return [];
        var verdict = await AskAsync(context, plan, loaded, PlanLimit, stop);
        foreach (var diagnostic in verdict.Diagnostics) loaded.Report.Add(diagnostic);
        return verdict.Unheard is { } why ? [.. verdict.Notes, $"what the cluster itself would say was not asked: {Sentence(why)}"] : verdict.Notes;
    }

    /// <summary>For <c>run</c>, before an experiment's first submission: an exit code when it cannot begin, null when it can. What is to be said has been said.</summary>
    public static async Task<int?> BeforeRunAsync(CliContext context, Plan plan, LoadedExperiment loaded, CancellationToken stop)
    {
        if (!NeedsSlurm(plan)) return null;
        var wait = TimeSpan.FromSeconds((plan.Experiment.Slurm ?? SlurmSettings.Default).WaitSeconds);
        var began = context.Time.GetTimestamp();
        var told = false;
        while (true)
        {
            var verdict = await AskAsync(context, plan, loaded, RunLimit, stop);
            switch (verdict.Unheard)
            {
                case null:
                    Reporting.Print(context, verdict.Diagnostics, loaded.Sources);
                    if (verdict.Refuses) return ExitCode.UserMistake;
                    foreach (var note in verdict.Notes) context.Talk.WriteLine(note);
                    return null;
                case Survey.NoCommands or Survey.NoCluster:
                    return NothingToAsk(context, verdict.Unheard);
                case Survey.Silent silent when context.Time.GetElapsedTime(began) >= wait:
                    context.Talk.WriteLine(string.Create(CultureInfo.InvariantCulture, $"error RUN051: the cluster has not answered for {wait.TotalSeconds:0} s: {silent.Why}"));
                    context.Talk.WriteLine("    Nothing was submitted. Look whether it is there (scontrol ping), then type the same command again; slurm.wait_seconds says how long to wait.");
                    return ExitCode.NoScheduler;
                case Survey.Silent silent:
                    if (!told) context.Talk.WriteLine(string.Create(CultureInfo.InvariantCulture, $"The cluster does not answer ({silent.Why}); waiting for it up to {wait.TotalSeconds:0} s."));
                    told = true;
                    await Task.Delay(AskAgainEvery, context.Time, stop);
                    break;
                default:
                    throw new System.Diagnostics.UnreachableException();
            }
        }
    }

    /// <summary>For a watch that is to be a job: a warning only where it waits for something that passes. A cluster that says nothing of itself is no hindrance: sbatch has the last word.</summary>
    /// <param name="words">Of sbatch's command line.</param>
    public static async Task<ImmutableArray<Diagnostic>> OfWatchAsync(CliContext context, ExperimentFolder folder, ImmutableArray<string> words, CancellationToken stop)
    {
        var clusters = JobAsk.OptionsOf(words).Where(static o => o.Name is "clusters" or "cluster").Select(static o => o.Value).FirstOrDefault();
        // Of several clusters the watch gets the first that has room.
        if (clusters?.Contains(',', StringComparison.Ordinal) is true) return [];
        return await SurveyAsync(context, clusters, folder.Root, RunLimit, stop) is Survey.Answered { Cluster: var cluster }
            ? [.. new SlurmPreflight(cluster, context.Environment).Findings(JobAsk.Of(words, context.Environment)).Select(OfWatch)]
            : [];
    }

    /// <summary>A job that is accepted and never starts is no watch, and its options are words of the command line.</summary>
    private static Diagnostic OfWatch(Finding finding)
    {
        // Others tell names of the cluster's, which are not to be changed.
        var hint = finding.Option is "cpus_per_task" or "ntasks" or "mem" ? finding.Hint?.Replace('_', '-') : finding.Hint;
        hint = hint?.Replace("slurm.sbatch.time", "--time", StringComparison.Ordinal).Replace("slurm.sbatch.qos", "--qos", StringComparison.Ordinal).Replace("slurm.sbatch.", "--sbatch=--", StringComparison.Ordinal);
        return new(finding.Code, finding.MayStart ? Severity.Warning : Severity.Error, SourceSpan.None, $"the watch's own job asks {finding.What}", hint);
    }

    /// <summary>The experiment with arrays no longer than the clusters that were asked take: what they would refuse need not be tried first.</summary>
    public static ExperimentHeader Fitted(ExperimentHeader experiment) =>
        experiment.Slurm is { } slurm && Answers.Values.Min(static a => a.Cluster.MaxArraySize) is { } most and > 0 && most < slurm.ArraySize
            ? experiment with { Slurm = slurm with { ArraySize = most } }
            : experiment;

    private static int NothingToAsk(CliContext context, Survey survey)
    {
        context.Talk.WriteLine($"error RUN050: {Sentence(survey)}");
        context.Talk.WriteLine(survey is Survey.NoCommands ? $"    PATH is {context.Environment("PATH")}" : $"    SLURM_CONF is {context.Environment("SLURM_CONF") ?? "not set"}");
        context.Talk.WriteLine("    Nothing was submitted. Type the same command on a login node of the cluster, or load its environment first (often: module load slurm);");
        context.Talk.WriteLine("    slurm.host=user@login asks a cluster over SSH, and scheduler=local runs the experiment on this machine.");
        return ExitCode.NoScheduler;
    }

    public static string Sentence(Survey survey) => survey switch
    {
        Survey.NoCommands missing => $"there is no '{missing.Command}' on PATH",
        Survey.NoCluster nothing => $"Slurm's commands are here, and no cluster is configured for them: {nothing.Why}",
        Survey.Silent silent => $"it does not answer: {silent.Why}",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static bool NeedsSlurm(Plan plan) => plan.Runs.Any(static r => r.Slurm is not null);

    private static async Task<ClusterVerdict> AskAsync(CliContext context, Plan plan, LoadedExperiment loaded, TimeSpan limit, CancellationToken stop)
    {
        var (found, notes) = (ImmutableArray.CreateBuilder<Diagnostic>(), ImmutableArray.CreateBuilder<string>());
        var places = new OptionPlaces(plan, loaded);
        Survey? unheard = null;
        // Over a connection that is there already: nothing is asked of the user for a plan.
        using var sites = new SshSites(SshSites.SocketFolder(RunFolder.DefaultPath(context.Environment)), CommandEnvironment.Ours(), context.Time);
        foreach (var runs in plan.Runs.Where(static r => r.Slurm is not null).GroupBy(static r => (r.Slurm!.Host, r.Slurm.Cluster)))
        {
            var survey = runs.Key.Host is { } host
                ? await SurveyAsync(sites.Of(host, new ExperimentFolder(plan.Experiment.Dir).There(runs.First())), runs.Key.Cluster, limit, stop)
                : await SurveyAsync(context, runs.Key.Cluster, plan.Experiment.Dir, limit, stop);
            if (survey is not Survey.Answered { Cluster: var cluster })
            {
                unheard ??= survey;
                continue;
            }
            var all = runs.ToList();
            found.AddRange(new SlurmPreflight(cluster, runs.Key.Host is null ? context.Environment : SlurmPreflight.NotToBeSeen).Check(all, places.Of));
            notes.AddRange(ClusterNotes.Of(cluster, all, plan.Experiment.Slurm ?? SlurmSettings.Default));
        }
        return new(found.ToImmutable(), notes.ToImmutable(), unheard);
    }

    /// <summary>The cluster of this machine.</summary>
    public static Task<Survey> SurveyAsync(CliContext context, string? cluster, string dir, TimeSpan limit, CancellationToken stop) =>
        SurveyAsync(new HereSite(Path.Combine(dir, "views", "clock"), CommandEnvironment.Ours(), context.Time), cluster, limit, stop);

    /// <summary>An answer is kept for the process; a silence is not.</summary>
    public static async Task<Survey> SurveyAsync(ISite site, string? cluster, TimeSpan limit, CancellationToken stop)
    {
        if (Answers.TryGetValue((site.Name, cluster), out var known)) return known;
        var survey = await new ClusterSurvey(site, cluster).AskAsync(limit, stop);
        return survey is Survey.Answered answered ? Answers.GetOrAdd((site.Name, cluster), answered) : survey;
    }
}

/// <summary>Where options of <c>slurm.sbatch</c> stand: composed once, and only when something is to be said.</summary>
internal sealed class OptionPlaces(Plan plan, LoadedExperiment loaded)
{
    private readonly Lazy<ConfigNode?> _slurm = new(() => loaded.Request is { } request && Planner.Compose(request, Interpolations.AsWritten).Tree is { } tree ? Merging.Find(tree, ["slurm"]) : null);

    /// <summary>Options that ask for the same.</summary>
    private static readonly Dictionary<string, string[]> Akin = new(StringComparer.Ordinal)
    {
        ["gres"] = ["gpus_per_node", "gpus_per_task"],
        ["mem"] = ["mem_per_cpu"],
        ["cpus_per_task"] = ["ntasks_per_node", "ntasks"],
        ["ntasks"] = ["ntasks_per_node", "cpus_per_task", "nodes"],
    };

    public SourceSpan Of(string option)
    {
        if (_slurm.Value is not { } slurm) return new(plan.Experiment.File, 0, 0);
        ConfigNode? At(params ReadOnlySpan<string> path) => Merging.Find(slurm, path);
        var node = Akin.GetValueOrDefault(option, []).Prepend(option).Select(o => At("sbatch", o) ?? At("sbatch", o.Replace('_', '-'))).FirstOrDefault(static n => n is not null) ?? At("sbatch") ?? slurm;
        return node.At.File.Length > 0 ? node.At : new(plan.Experiment.File, 0, 0);
    }
}
