using Vigil.Journaling;
using Vigil.Monitoring;
using Vigil.Views;

namespace Vigil.Monitor;

/// <summary>
/// Keeps <c>run-torchtune.log</c> and <c>run-inspect.log</c>, each with its twin in JSON lines, of an experiment that fine-tunes and evaluates. Rebuilt from the journal
/// after a crash; what only a look at the clock said stands nowhere else.
/// </summary>
internal sealed class PipelineLogs
{
    private sealed record Kept(PipelineLog Log, PipelineLogFile File);

    private readonly Kept[] _logs;
    private ExperimentState _state = ExperimentState.Empty;

    private PipelineLogs(ExperimentFolder folder) => _logs =
    [
        new(new(PipelineKind.Torchtune), PipelineLogFile.Open(folder, "run-torchtune")),
        new(new(PipelineKind.Inspect), PipelineLogFile.Open(folder, "run-inspect")),
    ];

    /// <summary>Reads the journal from its beginning, and writes what is missing.</summary>
    public static PipelineLogs Open(ExperimentFolder folder)
    {
        var logs = new PipelineLogs(folder);
        new JournalFollower(folder).Read((entry, state) => logs.Take(entry, state));
        foreach (var (log, file) in logs._logs)
        {
            log.Resume(file.LastCheck);
            file.Flush();
        }
        return logs;
    }

    /// <summary>Entries that the journal holds now; false where some before them were not seen.</summary>
    public bool Update(IReadOnlyList<JournalEntry> committed)
    {
        foreach (var entry in committed)
        {
            if (entry.Seq <= _state.Seq) continue;
            if (entry.Seq != _state.Seq + 1) return false;
            Take(entry, _state.Apply(entry));
        }
        foreach (var (_, file) in _logs) file.Flush();
        return true;
    }

    /// <param name="asked">How the scheduler is asked how things stand.</param>
    public void Check(DateTimeOffset now, string asked)
    {
        foreach (var (log, file) in _logs)
            if (log.Check(now, _state, asked) is { } record)
            {
                file.Add([record]);
                file.Flush();
            }
    }

    private void Take(JournalEntry entry, ExperimentState state)
    {
        _state = state;
        foreach (var (log, file) in _logs) file.Add(log.Apply(entry, state));
    }
}
