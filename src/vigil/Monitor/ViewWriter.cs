using System.Security.Cryptography;
using System.Text;
using Vigil.Journaling;
using Vigil.Monitoring;
using Vigil.Platform;
using Vigil.Schedulers.Slurm;
using Vigil.Views;

namespace Vigil.Monitor;

/// <summary>Keeps what can be rebuilt from the journal up to date: <c>run.log</c>, <c>runs_status.yaml</c>, the snapshot. A disk that refuses costs freshness and nothing else.</summary>
internal sealed class ViewWriter(ExperimentFolder folder, TimeProvider time)
{
    private static readonly TimeSpan StatusEvery = TimeSpan.FromSeconds(1);
    private const long SnapshotEvery = 20_000;

    private readonly StringBuilder _log = new();
    private long _logged = -1;
    private long _snapshotAt;
    private string? _status;
    private long? _statusAt;
    private bool _statusStale = true;
    private readonly SightView _sight = new(folder);
    private SchedulerSight? _seen;
    private long? _sightAt;
    private string? _lag, _sightLag;
    private PipelineLogs? _pipeline;
    private FluxGymFiles? _fluxGym;
    private string _asked = "";

    /// <summary>Why a view lags behind; null when none does.</summary>
    public string? Lag => _lag ?? _sightLag ?? _fluxGym?.Trouble;

    /// <summary>Called after a commit with the entries that it made durable.</summary>
    public void Update(Journal journal, ExperimentState state, IReadOnlyList<JournalEntry> committed)
    {
        _statusStale |= committed.Count > 0;
        try
        {
            WriteLog(state, committed);
            WritePipeline(state, committed);
            WriteForFluxGym(state, committed);
            if (_statusStale && (_statusAt is not { } last || time.GetElapsedTime(last) >= StatusEvery)) WriteStatus(state);
            if (state.Seq - _snapshotAt >= SnapshotEvery) WriteSnapshot(journal, state);
            _lag = null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _lag = e.Message;
            _logged = -1;   // whatever part of a block was written is found and completed from the journal
            (_pipeline, _fluxGym) = (null, null);
        }
    }

    /// <summary>Called after each look at the scheduler; costs something only when it showed something new.</summary>
    /// <param name="sight">Null: every word of it is in the journal.</param>
    public void Show(SchedulerSight? sight)
    {
        _seen = sight;
        Check();
        if (sight is null || (_sightAt is { } last && time.GetElapsedTime(last) < StatusEvery)) return;
        WriteSight(sight);
    }

    private void WriteSight(SchedulerSight sight)
    {
        try
        {
            _sight.Write(sight);
            (_sightAt, _sightLag) = (time.GetTimestamp(), null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _sightLag = e.Message;
        }
    }

    /// <summary>Called when the watch ends.</summary>
    public void Finish(Journal journal, ExperimentState state)
    {
        if (_seen is { } sight) WriteSight(sight);
        if (journal.HasStaged) return;   // what is not on disk is not shown as if it were
        try
        {
            WriteLog(state, []);
            WritePipeline(state, []);
            WriteForFluxGym(state, []);
            WriteStatus(state);
            if (state.Seq > _snapshotAt) WriteSnapshot(journal, state);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _lag = e.Message;
        }
    }

    private void WritePipeline(ExperimentState state, IReadOnlyList<JournalEntry> committed)
    {
        if (!PipelineLog.IsKept(state)) return;
        if (_pipeline?.Update(committed) is true) return;
        _pipeline = PipelineLogs.Open(folder);
        _asked = state.Experiment?.Slurm is null ? "looking at the processes of this machine" : SlurmCommands.QueueLine;
    }

    private void WriteForFluxGym(ExperimentState state, IReadOnlyList<JournalEntry> committed)
    {
        if (FluxGymFiles.AreKept(state) && _fluxGym?.Update(committed) is not true) _fluxGym = FluxGymFiles.Open(folder);
    }

    /// <summary>That time has passed without anything new is worth an entry now and then.</summary>
    private void Check()
    {
        try
        {
            _pipeline?.Check(time.GetLocalNow(), _asked);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            (_lag, _pipeline) = (e.Message, null);
        }
    }

    private void WriteLog(ExperimentState state, IReadOnlyList<JournalEntry> committed)
    {
        if (_logged < 0)
        {
            var (seq, end) = LastBlock();
            if (seq > state.Seq - committed.Count) (seq, end) = (0, 0);   // it tells of entries that do not count: written anew
            using (var file = Open()) RandomAccess.SetLength(file, end);
            _logged = seq;
        }
        if (_logged != state.Seq - committed.Count)
        {
            CatchUp(state);
            return;
        }
        _log.Clear();
        foreach (var entry in committed) _log.Append(state.SecretsOf(entry).Hide(RunLog.Block(entry)));
        if (_log.Length == 0) return;
        Append(_log.ToString());
        _logged = committed[^1].Seq;
    }

    /// <summary>Writes on from the journal.</summary>
    private void CatchUp(ExperimentState state)
    {
        _log.Clear();
        var last = JournalFollower.ReadEntries(folder, _logged, entry =>
        {
            _log.Append(state.SecretsOf(entry).Hide(RunLog.Block(entry)));
            if (_log.Length < 1 << 20) return;
            Append(_log.ToString());
            _log.Clear();
        });
        Append(_log.ToString());
        _logged = last;
    }

    /// <summary>The last whole block on disk: its entry and where it ends. What follows it is part of a block that a crash cut short.</summary>
    private (long Seq, long End) LastBlock()
    {
        using var file = Open();
        var length = RandomAccess.GetLength(file);
        var from = Math.Max(0, length - (1 << 20));
        var tail = new byte[length - from];
        var read = RandomAccess.Read(file, tail, from);
        // Latin-1 keeps bytes and characters in step, so that a place in the text is a place in the file.
        var (seq, end) = RunLog.LastBlock(Encoding.Latin1.GetString(tail.AsSpan(0, read)));
        return end > 0 ? (seq, from + end) : (0, 0);
    }

    private void Append(string text)
    {
        if (text.Length == 0) return;
        using var file = Open();
        RandomAccess.Write(file, Encoding.UTF8.GetBytes(text), RandomAccess.GetLength(file));
    }

    private Microsoft.Win32.SafeHandles.SafeFileHandle Open()
    {
        var file = File.OpenHandle(folder.RunLog, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
        if (RandomAccess.GetLength(file) == 0) File.SetUnixFileMode(file, AtomicFile.OwnerOnly);
        return file;
    }

    private void WriteStatus(ExperimentState state)
    {
        var text = Encoding.UTF8.GetBytes(RunsStatus.Write(state));
        var status = Convert.ToHexString(SHA256.HashData(text));   // of ten thousand runs the text itself is megabytes
        if (_status is null) KeepForeign();
        if (status != _status) AtomicFile.Write(folder.StatusFile, text);
        (_status, _statusAt, _statusStale) = (status, time.GetTimestamp(), false);
    }

    /// <summary>A file in which somebody followed jobs before is moved aside, once.</summary>
    private void KeepForeign()
    {
        var before = $"{folder.StatusFile}.before";
        if (!File.Exists(folder.StatusFile) || File.Exists(before) || File.ReadAllText(folder.StatusFile) is var text && (text.Contains(RunsStatus.Writer, StringComparison.Ordinal) || !text.Contains("job_id: \"", StringComparison.Ordinal))) return;
        File.Move(folder.StatusFile, before);
    }

    private void WriteSnapshot(Journal journal, ExperimentState state)
    {
        if (journal.LastChecksum is not { } checksum || journal.HasStaged) return;
        Snapshot.Write(folder, state, journal.Epoch, journal.Length, checksum);
        _snapshotAt = state.Seq;
    }
}
