using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Vigil.Tests.House;

namespace Vigil.Tests.Slurm;

/// <summary>Tests that need a real Slurm: one after another, on one cluster.</summary>
[CollectionDefinition(Testbed.Tests)]
public sealed class TestsOnTheTestbed : ICollectionFixture<Testbed>;

/// <summary>
/// A real Slurm on loopback, started by the first test that asks for it and taken down after the last one.
/// A test class says <c>[Collection(Testbed.Tests)]</c>, takes the testbed in its constructor and begins with <c>await testbed.StartAsync()</c>.
/// </summary>
public sealed class Testbed : IAsyncDisposable
{
    /// <summary>The name of the collection: its tests run one at a time, since some of them break the cluster.</summary>
    public const string Tests = "a real Slurm";

    private const string FolderPrefix = "vigil-slurm-";

    // `up` takes 5 s on an idle machine; this is for the busiest.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private static readonly string Script = Path.Combine(Repository.Root, "eng/slurm-testbed");
    private static readonly ImmutableArray<string> Programs = ["slurmctld", "slurmd", "slurmdbd", "sbatch", "munged", "mariadbd"];

    // Unix sockets lie in it, whose paths may not be long.
    private readonly string _folder = $"/tmp/{FolderPrefix}{System.Environment.ProcessId}";

    private bool _started;

    /// <summary>What a program needs in its environment to speak with this cluster; a copy of ours with <c>SLURM_CONF</c>.</summary>
    public IReadOnlyDictionary<string, string> Environment => _environment.Value;

    /// <summary>The cluster's configuration file.</summary>
    public string ConfigurationFile => Path.Combine(_folder, "etc/slurm.conf");

    /// <summary>What the controller finds of its jobs when it is started again.</summary>
    public string StateFile => Path.Combine(_folder, "spool/ctld/job_state");

    private readonly Lazy<IReadOnlyDictionary<string, string>> _environment;

    public Testbed() => _environment = new(() => new Dictionary<string, string>(Inherited()) { ["SLURM_CONF"] = ConfigurationFile });

    /// <summary>Starts the cluster unless it runs; skips the test, with the remedy, where Slurm is not installed.</summary>
    public async Task StartAsync()
    {
        var missing = Programs.Where(program => !OnPath(program)).ToArray();
        if (missing.Length > 0) Assert.Skip($"no real Slurm here ({string.Join(", ", missing)} missing): as root, eng/slurm-testbed install");
        if (_started) return;
        await PurgeLeftoversAsync();
        // Another cluster may have taken the ports between the look and the use: once more, then.
        if (await TestbedAsync("up", _folder) is { ExitCode: not 0 })
        {
            await TestbedAsync("down", _folder, "--purge");
            var second = await TestbedAsync("up", _folder);
            Assert.True(second.ExitCode == 0, second.ToString());
        }
        _started = true;
    }

    /// <summary>A command of Slurm (or any other program) against this cluster.</summary>
    internal Task<ShellOutcome> AskAsync(params string[] words) => FinishAsync(words, Environment);

    /// <summary>The failure kit: <c>stop</c>, <c>kill</c>, <c>pause</c>, <c>cont</c>, <c>start</c> or <c>crash</c> a daemon or node, or <c>reset</c> the cluster. Prefer <see cref="BreakAsync"/>, which mends.</summary>
    internal async Task<ShellOutcome> RunAsync(string verb, params string[] words)
    {
        var outcome = await TestbedAsync([verb, _folder, .. words]);
        Assert.True(outcome.ExitCode == 0, $"slurm-testbed {verb} {string.Join(' ', words)}: {outcome}");
        return outcome;
    }

    /// <summary>Breaks a daemon or node until what it returns is disposed of: <c>await using (await testbed.BreakAsync("pause", "slurmctld")) { … }</c>.</summary>
    internal async Task<IAsyncDisposable> BreakAsync(string verb, string name)
    {
        await RunAsync(verb, name);
        return new Broken(this, name);
    }

    /// <summary>One line a daemon; exit code 0 when all run.</summary>
    internal Task<ShellOutcome> StatusAsync() => TestbedAsync("status", _folder);

    /// <summary>Everything runs again, no job is left and every node takes jobs.</summary>
    internal async Task MendAsync()
    {
        await RunAsync("up");
        await RunAsync("reset");
    }

    public async ValueTask DisposeAsync()
    {
        if (!Directory.Exists(_folder)) return;
        var outcome = await TestbedAsync("down", _folder, "--purge");
        if (outcome.ExitCode != 0) throw new InvalidOperationException($"the testbed in {_folder} was not taken down: {outcome}");
    }

    // What test runs left that were killed: a folder bears the id of the process that started its cluster.
    private static async Task PurgeLeftoversAsync()
    {
        foreach (var folder in Directory.EnumerateDirectories("/tmp", $"{FolderPrefix}*"))
        {
            if (int.TryParse(Path.GetFileName(folder)[FolderPrefix.Length..], CultureInfo.InvariantCulture, out var pid) && !Directory.Exists($"/proc/{pid}")) await TestbedAsync("down", folder, "--purge");
        }
    }

    private static Task<ShellOutcome> TestbedAsync(params string[] words) => FinishAsync([Script, .. words], Inherited());

    private static async Task<ShellOutcome> FinishAsync(string[] words, IReadOnlyDictionary<string, string> environment)
    {
        // Not in a folder that a test deletes while a job is still at home in it.
        using var process = Shell.Start("/tmp", environment, words);
        using var patience = new CancellationTokenSource(Patience);
        var output = process.StandardOutput.ReadToEndAsync(patience.Token);
        var errors = process.StandardError.ReadToEndAsync(patience.Token);
        try
        {
            await process.WaitForExitAsync(patience.Token);
            return new ShellOutcome(process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return new ShellOutcome(124, "", $"{string.Join(' ', words)} took more than {Patience}");
        }
    }

    // Without what a surrounding cluster or its job would say to Slurm's commands.
    private static Dictionary<string, string> Inherited() =>
        System.Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().Select(entry => (Name: (string)entry.Key, Value: (string?)entry.Value ?? ""))
            .Where(entry => !entry.Name.StartsWith("SLURM", StringComparison.Ordinal) && !entry.Name.StartsWith("SBATCH_", StringComparison.Ordinal))
            .ToDictionary(entry => entry.Name, entry => entry.Value);

    private static bool OnPath(string program) =>
        $"{System.Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin".Split(':', StringSplitOptions.RemoveEmptyEntries).Any(folder => File.Exists(Path.Combine(folder, program)));

    private sealed class Broken(Testbed testbed, string name) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            // Nothing to continue where it was stopped or killed.
            await TestbedAsync("cont", testbed._folder, name);
            await testbed.MendAsync();
        }
    }
}
