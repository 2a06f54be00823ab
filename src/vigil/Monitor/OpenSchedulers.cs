using Vigil.Journaling;
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
        All = new MirroredScheduler(new SlurmClusters(_local, key => Cluster(key, experiment, since, time)), new ExperimentFolder(experiment.Dir), _sites, time);
    }

    public IScheduler All { get; }

    /// <param name="since">No job of the experiment was submitted before.</param>
    /// <param name="refusal">Why this machine cannot run the experiment's local jobs, and the remedy.</param>
    public static OpenSchedulers? Open(ExperimentHeader experiment, DateTimeOffset since, TimeProvider time, out string? refusal)
    {
        var runFolder = RunFolder.Open(RunFolder.DefaultPath(Environment.GetEnvironmentVariable), time, out refusal);
        // An experiment on a cluster hardly ever has runs of this machine as well; where it has, they are refused with words.
        return runFolder is null && experiment.Slurm is null ? null : new OpenSchedulers(runFolder, experiment, since, time);
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
