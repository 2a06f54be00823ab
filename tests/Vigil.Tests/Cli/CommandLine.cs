using System.Collections.Immutable;
using System.Diagnostics;
using System.Security.Cryptography;
using Vigil.Journaling;
using Vigil.Monitoring;
using Vigil.Tests.House;

namespace Vigil.Tests.Cli;

/// <summary>The built program as a user has it: a folder, a home and a run folder of its own, and nothing else in the environment.</summary>
internal sealed class CommandLine : IDisposable
{
    private readonly ScratchFolder _scratch = new("vigil-cli-");
    private readonly List<RunningCommand> _started = [];

    public CommandLine()
    {
        Directory.CreateDirectory(Folder);
        Directory.CreateDirectory(_scratch["home"]);
    }

    public static string Program { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "vigil");

    /// <summary>Where commands are typed.</summary>
    public string Folder => _scratch["work"];

    public string RunFolder { get; set; } = "";

    /// <summary>Where programs are found; null: where these tests find them.</summary>
    public string? Path { get; set; }

    public Dictionary<string, string> Extra { get; } = [];

    public string this[string name] => System.IO.Path.Combine(Folder, name);

    public void Write(string file, string text) => File.WriteAllText(this[file], text);

    public ShellOutcome Run(params string[] words) => Shell.Run(Folder, Environment(), [Program, .. words]);

    public RunningCommand Start(params string[] words) => StartWith("--default-signal=INT,HUP,TERM", words);

    /// <param name="signals">What <c>env</c> does with signals. A shell's <c>&amp;</c> and <c>nohup</c> leave some ignored for everything below, these tests included.</param>
    public RunningCommand StartWith(string signals, params string[] words)
    {
        var started = new RunningCommand(Shell.Start(Folder, Environment(), ["env", signals, Program, .. words]));
        _started.Add(started);
        return started;
    }

    public Dictionary<string, string> Environment() => new(Extra)
    {
        ["PATH"] = Path ?? System.Environment.GetEnvironmentVariable("PATH")!,
        ["HOME"] = _scratch["home"],
        ["VIGIL_RUN_DIR"] = RunFolder.Length > 0 ? RunFolder : _scratch["run"],
        ["DOTNET_ROOT"] = System.IO.Path.GetFullPath("../../..", System.IO.Path.GetDirectoryName(typeof(object).Assembly.Location)!),
    };

    /// <summary>What the journal of an experiment says.</summary>
    public JournalFollower Journal(string dir)
    {
        var follower = new JournalFollower(new ExperimentFolder(this[dir]));
        follower.Read();
        return follower;
    }

    public ExperimentState State(string dir) => Journal(dir).State;

    /// <summary>The events of one kind, in order.</summary>
    public List<T> Events<T>(string dir) where T : RunEvent
    {
        List<T> events = [];
        new JournalFollower(new ExperimentFolder(this[dir])).Read((entry, _) => events.AddRange(entry.Events.OfType<T>()));
        return events;
    }

    /// <summary>Every file and folder below with what is in it: equal when nothing was changed.</summary>
    public ImmutableArray<string> Fingerprint(string below = "") =>
        [.. Directory.EnumerateFileSystemEntries(this[below], "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(static path =>
            File.Exists(path) ? $"{path} {File.GetUnixFileMode(path)} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)))}" : path)];

    public void Dispose()
    {
        foreach (var started in _started) started.Dispose();
        foreach (var dir in Directory.EnumerateDirectories(Folder, "journal", SearchOption.AllDirectories).Select(static j => System.IO.Path.GetDirectoryName(j)!).ToList())
            if (Journal(dir).State is { AllFinished: false, Experiment: not null }) Run("cancel", dir, "name~");
        _scratch.Dispose();
    }
}

/// <summary>A command that runs beside the test. It is killed when the test waits for it in vain.</summary>
internal sealed class RunningCommand : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly Process _process;
    private readonly CancellationTokenSource _patience = new(Patience);
    private readonly List<string> _said = [];

    public RunningCommand(Process process)
    {
        _process = process;
        _patience.Token.Register(_process.Kill);
    }

    public int Pid => _process.Id;

    /// <summary>Reads what it says on stderr until a line holds the text.</summary>
    public RunningCommand UntilItSays(string text)
    {
        while (_process.StandardError.ReadLine() is { } line)
        {
            _said.Add(line);
            if (line.Contains(text, StringComparison.Ordinal)) return this;
        }
        throw new InvalidOperationException($"it ended without saying '{text}':\n{string.Join('\n', _said)}");
    }

    /// <summary>Reads stdout until a line holds the text.</summary>
    public RunningCommand UntilItPrints(string text)
    {
        while (_process.StandardOutput.ReadLine() is { } line)
            if (line.Contains(text, StringComparison.Ordinal)) return this;
        throw new InvalidOperationException($"it ended without printing '{text}'");
    }

    public void Signal(string name) => Shell.Run("/", "kill", "-s", name, $"{Pid}");

    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public ShellOutcome End()
    {
        var errors = _process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = _process.StandardOutput.ReadToEnd();
        _process.WaitForExit();
        return new ShellOutcome(_process.ExitCode, output, string.Join('\n', [.. _said, errors.GetAwaiter().GetResult()]));
    }

    public void Dispose()
    {
        _patience.Dispose();
        if (!_process.HasExited) Kill();
        _process.Dispose();
    }
}

/// <summary>Experiments for tests.</summary>
internal static class Some
{
    /// <summary>A world without terminal and without words, for parts of commands.</summary>
    public static Vigil.Cli.CliContext Context(string folder) => new()
    {
        Out = TextWriter.Null,
        Talk = TextWriter.Null,
        OutBytes = Stream.Null,
        IsTerminal = false,
        CanAsk = false,
        CurrentFolder = folder,
        Environment = static _ => null,
        Time = TimeProvider.System,
    };

    /// <summary>Three quick runs, x1 to x3.</summary>
    public const string Quick = """
        backend: {command: "echo hello ${x}"}
        x: 1
        sweep: {type: product, groups: [{params: {x: [1, 2, 3]}}]}
        """;

    /// <summary>Runs that last until they are told to end: a file <c>go</c> beside the experiment.</summary>
    public const string Patient = """
        backend: {command: "echo begun ${x}; until [[ -e go ]]; do sleep 0.05; done; echo done ${x}"}
        local: {cpus_per_run: 0}
        x: 1
        sweep: {type: product, groups: [{params: {x: [1, 2]}}]}
        """;
}
