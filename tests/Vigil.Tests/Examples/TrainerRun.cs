using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Vigil.Logs;

namespace Vigil.Tests.Examples;

/// <summary>One start of the example's trainer, small and quick, and what it printed.</summary>
internal sealed partial class TrainerRun : IDisposable
{
    private readonly Process _process;
    private readonly List<string> _lines = [];

    private TrainerRun(Process process) => _process = process;

    public static string Root { get; } = FindRoot();
    public static string Folder { get; } = Path.Combine(Root, "examples", "tiny-lm");

    public IReadOnlyList<string> Lines => _lines;
    public string Errors { get; private set; } = "";

    /// <summary>Each iteration line without its clock: what must be equal between equal runs.</summary>
    public List<string> Iterations => [.. _lines.Where(static l => l.Contains("] iteration ", StringComparison.Ordinal)).Select(static l => Clock.Replace(l, ""))];

    public List<int> Steps => [.. Iterations.Select(static l => int.Parse(Step.Match(l).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture))];

    [GeneratedRegex(@"^ \[[^]]*\]|elapsed time per iteration \(ms\): [\d.]+ \|", RegexOptions.CultureInvariant)]
    private static partial Regex Clock { get; }

    [GeneratedRegex(@"iteration +(\d+)/", RegexOptions.CultureInvariant)]
    private static partial Regex Step { get; }

    public static TrainerRun Start(string options) => new(Process.Start(new ProcessStartInfo("python3", $"train.py --steps-per-iter 1 --train-iters 12 {options}")
    {
        WorkingDirectory = Folder,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!);

    /// <summary>Runs it to its end.</summary>
    public static TrainerRun ToEnd(string options, int exitCode)
    {
        var run = Start(options);
        Assert.Equal(exitCode, run.Wait());
        return run;
    }

    /// <summary>Reads on until a line holds this text; false when the output ends before.</summary>
    public bool ReadUntil(string text)
    {
        while (_process.StandardOutput.ReadLine() is { } line)
        {
            _lines.Add(line);
            if (line.Contains(text, StringComparison.Ordinal)) return true;
        }
        return false;
    }

    /// <summary>Reads what is left and answers with the exit code.</summary>
    public int Wait()
    {
        var errors = _process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        while (_process.StandardOutput.ReadLine() is { } line) _lines.Add(line);
        _process.WaitForExit();
        Errors = errors.GetAwaiter().GetResult();
        return _process.ExitCode;
    }

    public void Signal(string name)
    {
        using var kill = Process.Start("kill", ["-s", name, $"{_process.Id}"]);
        kill.WaitForExit();
    }

    public void Kill() => _process.Kill();

    /// <summary>What Vigil's own reader makes of the output.</summary>
    public (RunProgress Progress, List<LogFinding> Findings) Read()
    {
        var (lines, progress, findings) = (new LogLines(), new RunProgress(), new List<LogFinding>());
        foreach (var line in lines.Cut(Encoding.UTF8.GetBytes(string.Join('\n', _lines) + "\n")))
            if (progress.Read(line) is { } finding) findings.Add(finding);
        return (progress, findings);
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Vigil.slnx"))) folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("the tests run outside the repository");
        return folder;
    }
}
