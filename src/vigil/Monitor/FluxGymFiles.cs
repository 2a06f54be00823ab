using Vigil.Journaling;
using Vigil.Monitoring;
using Vigil.Platform;
using Vigil.Views;

namespace Vigil.Monitor;

/// <summary>
/// Keeps <c>monitor.log</c> and <c>ui_state.json</c> in the folders of runs that FluxGym's users look into. Made of the journal from its beginning: what is missing
/// or cut is written again, what somebody else left there is kept aside.
/// </summary>
internal sealed class FluxGymFiles
{
    /// <param name="Form">The settings, and the configuration that they are of; null: not read yet.</param>
    private sealed record Kept(MonitorLogFile Log, (string? Settings, string Of)? Form = null);

    private readonly ExperimentFolder _folder;
    private readonly FrozenConfigs _frozen;
    private readonly MonitorLog _log = new();
    private readonly Dictionary<string, Kept> _kept = new(StringComparer.Ordinal);
    private readonly HashSet<string> _changed = new(StringComparer.Ordinal);
    private ExperimentState _state = ExperimentState.Empty;

    /// <summary>Why some run's files were not written last time; null: they were.</summary>
    public string? Trouble { get; private set; }

    private FluxGymFiles(ExperimentFolder folder) => (_folder, _frozen) = (folder, new(folder));

    public static bool AreKept(ExperimentState state) => state.AllRuns.Any(static r => r.Plan.IsForFluxGym());

    /// <summary>Reads the journal from its beginning, and writes what is missing.</summary>
    public static FluxGymFiles Open(ExperimentFolder folder)
    {
        var files = new FluxGymFiles(folder);
        new JournalFollower(folder).Read(files.Take);
        files._changed.UnionWith(files._kept.Keys);
        files.Write();
        return files;
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
        Write();
        return true;
    }

    private void Take(JournalEntry entry, ExperimentState state)
    {
        _state = state;
        var secrets = state.SecretsOf(entry);
        foreach (var (id, line) in _log.Apply(entry))
        {
            if (!state.Runs.TryGetValue(id.Value, out var run) || !run.Plan.IsForFluxGym()) continue;
            if (!_kept.TryGetValue(id.Value, out var kept)) _kept[id.Value] = kept = new(new());
            kept.Log.Add(secrets.Hide(line));
            _changed.Add(id.Value);
        }
    }

    /// <summary>A folder that is not there belongs to a run that has not started, or that somebody cleared away.</summary>
    private void Write()
    {
        Trouble = null;
        foreach (var name in _changed.ToList())
        {
            var run = _state.Runs[name];
            var dir = _folder.Here(run.Plan, run.Plan.OutputDir);
            // Where there is no folder yet, what comes of the run next brings it here again.
            if (!Directory.Exists(dir) || Wrote(run, dir)) _changed.Remove(name);
        }
    }

    /// <summary>Where one run's folder takes nothing, the others' do, and it is tried again.</summary>
    private bool Wrote(RunRecord run, string dir)
    {
        try
        {
            _kept[run.Id.Value].Log.Flush(Regular(Path.Combine(dir, "monitor.log")));
            WriteState(run, Regular(Path.Combine(dir, "ui_state.json")));
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Trouble = e.Message;
            return false;
        }
    }

    /// <exception cref="IOException">Something else has its name: a pipe would be waited for, a link leads away.</exception>
    private static string Regular(string path) =>
        new FileInfo(path).LinkTarget is null && FileStatus.Of(path) is null or { IsRegular: true } ? path : throw new IOException($"{path} is no regular file");

    private void WriteState(RunRecord run, string path)
    {
        if (Settings(run) is not { } settings) return;
        var text = UiState.Of(settings, run);
        var there = File.Exists(path) ? File.ReadAllText(path) : null;
        if (there == text) return;
        if (there?.Contains(UiState.Writer, StringComparison.Ordinal) is false) KeptAside.Move(path);
        AtomicFile.Write(path, text);
    }

    /// <summary>Null for a run that was frozen without them.</summary>
    private string? Settings(RunRecord run)
    {
        var kept = _kept[run.Id.Value];
        if (kept.Form is { } form && form.Of == run.Plan.ConfigHash) return form.Settings;
        var settings = _frozen.Find(run.Plan)?.Form;
        _kept[run.Id.Value] = kept with { Form = (settings, run.Plan.ConfigHash) };
        return settings;
    }
}
