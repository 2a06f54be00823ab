using System.Collections.Immutable;
using System.Text;
using Vigil.Monitoring;
using Vigil.Platform;
using Vigil.Spec;

namespace Vigil.Monitor;

/// <summary>Does what rules ask of the world, beside the loop: a command that takes an hour keeps nobody from looking at the logs.</summary>
internal sealed class ActionRunner(IRunStarter starter, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan LongestCommand = TimeSpan.FromHours(1);
    /// <summary>For what is under way to notice that we leave: a command that was started must be ended.</summary>
    private static readonly TimeSpan Leaving = TimeSpan.FromSeconds(2);

    private const int MostOutput = 4 << 10, MostAtATime = 16, MostLinesAtATime = 512;

    private readonly Dictionary<string, Task<EffectResult>> _running = new(StringComparer.Ordinal);

    /// <summary>Which of these are lines for files: they are soon done, and hold up no command.</summary>
    private readonly HashSet<string> _lines = new(StringComparer.Ordinal);

    /// <summary>The last line that was to go into each file.</summary>
    private readonly Dictionary<string, Task> _appended = new(StringComparer.Ordinal);

    /// <summary>What this process has seen end; kept while it may be tried again.</summary>
    private readonly HashSet<string> _ended = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _leaving = new();

    /// <summary>Whether it is being done just now.</summary>
    public bool IsUnderWay(string id) => _running.ContainsKey(id);

    /// <summary>Whether something has ended since <see cref="Completed"/> was asked.</summary>
    public bool HasEnded => _running.Values.Any(static r => r.IsCompleted);

    /// <summary>Begins it; false when enough is under way.</summary>
    /// <param name="mayHaveHappened">Whether an earlier process may have begun it.</param>
    public bool Start(ExperimentState state, string id, Effect.OfAction action, bool mayHaveHappened)
    {
        if (_running.ContainsKey(id) || (action is Effect.AppendToFile ? _lines.Count >= MostLinesAtATime : _running.Count - _lines.Count >= MostAtATime)) return false;
        if (action is Effect.AppendToFile) _lines.Add(id);
        _ended.RemoveWhere(known => !state.Outbox.ContainsKey(known) && known != id);
        var isInDoubt = mayHaveHappened && !_ended.Contains(id);
        _running[id] = action switch
        {
            Effect.RunCommand { OnCrash: OnCrash.Skip } when isInDoubt => Task.FromResult<EffectResult>(new EffectResult.Refused("the monitor ended while it ran, and it is not known whether it was done", Retryable: false)),
            Effect.RunCommand command => RunAsync(state, command),
            Effect.AppendToFile append => AppendAsync(append),
            Effect.StartRun start => Task.Run(() => starter.Start(state, start)),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        return true;
    }

    /// <summary>What has ended since.</summary>
    public ImmutableArray<(string Id, EffectResult Result)> Completed()
    {
        if (_running.Count == 0) return [];
        var ended = _running.Where(static r => r.Value.IsCompleted).Select(static r => (r.Key, r.Value.GetAwaiter().GetResult())).ToImmutableArray();
        foreach (var (id, _) in ended)
        {
            _running.Remove(id);
            _lines.Remove(id);
            _ended.Add(id);
        }
        return ended;
    }

    private async Task<EffectResult> RunAsync(ExperimentState state, Effect.RunCommand command)
    {
        var runner = new ProcessRunner(time) { MostOutput = MostOutput, Folder = command.Dir, Environment = Variables(state, command) };
        try
        {
            var outcome = await runner.RunAsync(command.Words, LongestCommand, _leaving.Token);
            if (outcome.Succeeded) return new EffectResult.Done { Note = Brief(outcome.Output) };
            return new EffectResult.Refused($"{command.Words[0]} {(outcome.ExitCode is { } code ? $"ended with {code}" : "failed")}: {Brief(outcome.Errors) ?? Brief(outcome.Output) ?? "it said nothing"}", Retryable: true);
        }
        catch (OperationCanceledException)
        {
            return new EffectResult.Refused("the monitor left while it ran", Retryable: true);
        }
    }

    /// <summary>Ours, and what the command may want to know of the event.</summary>
    private static Dictionary<string, string> Variables(ExperimentState state, Effect.RunCommand command)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables()) variables[(string)variable.Key] = (string?)variable.Value ?? "";
        variables["VIGIL_EVENT_ID"] = command.Firing;
        variables["VIGIL_RUN"] = command.Run.Value;
        variables["VIGIL_EXPERIMENT_DIR"] = state.Experiment?.Dir ?? "";
        return variables;
    }

    /// <summary>For the journal and for people: one line without secrets.</summary>
    private static string? Brief(string text) => SafeText.Line(text) is { Length: > 0 } said ? said : null;

    /// <summary>To each file one after the other: a line that stands there already would not be seen by two at once.</summary>
    private Task<EffectResult> AppendAsync(Effect.AppendToFile append)
    {
        foreach (var (path, _) in _appended.Where(static a => a.Value.IsCompleted).ToArray()) _appended.Remove(path);
        var before = _appended.GetValueOrDefault(append.Path, Task.CompletedTask);
        var own = Task.Run(async () =>
        {
            await before;
            return Append(append);
        });
        _appended[append.Path] = own;
        return own;
    }

    private static EffectResult Append(Effect.AppendToFile append)
    {
        try
        {
            if (append.Path == Evidence.Nowhere) return new EffectResult.Refused("the path leads out of the run's folders", Retryable: false);
            var line = append.Content.ReplaceLineEndings(" ");
            Directory.CreateDirectory(Path.GetDirectoryName(append.Path)!);
            if (append.Dedup is Repeats.Dropped && File.Exists(append.Path) && File.ReadLines(append.Path).Contains(line)) return new EffectResult.Done { Note = "it stands there already" };
            using var file = new FileStream(append.Path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
            file.Write(Encoding.UTF8.GetBytes($"{line}\n"));
            return new EffectResult.Done();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new EffectResult.Refused(e.Message, Retryable: true);
        }
    }

    public void Dispose()
    {
        _leaving.Cancel();
        Task.WhenAny(Task.WhenAll(_running.Values)).Wait(Leaving);
        _leaving.Dispose();
    }
}
