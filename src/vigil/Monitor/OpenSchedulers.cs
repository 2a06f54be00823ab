using Vigil.Journaling;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Schedulers;
using Vigil.Schedulers.Local;
using Vigil.Schedulers.Slurm;
using Vigil.Schedulers.Slurm.Ssh;

namespace Vigil.Monitor;

/// <summary>The schedulers that one experiment needs, wired by hand: this machine's, and each cluster's when the first run asks for it.</summary>
internal sealed class OpenSchedulers : IDisposable
{
    private readonly RunFolder? _runFolder;
    private readonly LocalScheduler? _local;
    private readonly SshSites _sites;

    private OpenSchedulers(RunFolder? runFolder, ExperimentHeader experiment, DateTimeOffset since, TimeProvider time)
    {
        _runFolder = runFolder;
        _local = runFolder is null ? null : new LocalScheduler(runFolder, LocalMachine.Here(time), experiment.Local, time);
        _sites = new SshSites(SshSites.SocketFolder(RunFolder.DefaultPath(Environment.GetEnvironmentVariable)), CommandEnvironment.Ours(), time);
        All = new MirroredScheduler(new SlurmClusters(_local, key => Cluster(key, experiment, since, time), time), new ExperimentFolder(experiment.Dir), _sites, time);
    }

    public IScheduler All { get; }

    /// <param name="since">No job of the experiment was submitted before.</param>
    /// <param name="needs">Whose runs are to be served.</param>
    /// <param name="refusal">Why this machine cannot run the experiment's local jobs, and the remedy.</param>
    public static OpenSchedulers? Open(ExperimentHeader experiment, ExperimentState needs, DateTimeOffset since, TimeProvider time, out string? refusal)
    {
        var runFolder = RunFolder.Open(RunFolder.DefaultPath(Environment.GetEnvironmentVariable), time, out refusal);
        // An experiment on a cluster hardly ever has runs of this machine as well; only those need the folder.
        return runFolder is null && (experiment.Slurm is null || needs.Runs.Values.Any(static r => r is { Plan.Slurm: null, State: not RunState.Finished })) ? null : new OpenSchedulers(runFolder, experiment, since, time);
    }

    private SlurmScheduler Cluster(ClusterKey key, ExperimentHeader experiment, DateTimeOffset since, TimeProvider time)
    {
        var settings = experiment.Slurm ?? SlurmSettings.Default;
        ISite site = key is { Host: { } host, Dir: { } dir } ? _sites.Of(host, dir) : new HereSite(Path.Combine(new ExperimentFolder(experiment.Dir).Views, "clock"), CommandEnvironment.Ours(), time);
        var budget = new RequestBudget(RequestBudget.FileOf(site.Name, key.Cluster), settings.RequestsPerSecond, time, ThisProcess.Writer.Boot);
        return new SlurmScheduler(site, budget, settings, new ClusterPlace(key.Cluster, experiment.Dir, since), SubmissionWords.Of, time);
    }

    public void Dispose()
    {
        _sites.Dispose();
        _local?.Dispose();
        _runFolder?.Dispose();
    }
}
