using Vigil.Monitoring;

namespace Vigil.Monitor;

/// <summary>Where a watch is shown: a live table, plain lines, or nowhere.</summary>
internal interface IMonitorScreen
{
    /// <summary>A decision was made and is on disk.</summary>
    void Decided(JournalEntry entry, ExperimentState state);

    /// <summary>Called after each turn of the loop; showing it is up to the screen.</summary>
    void Show(MonitorView view);

    /// <summary>One sentence for the person.</summary>
    void Say(string text);
}

/// <summary>What there is to show.</summary>
/// <param name="Trouble">Why the monitor does not act just now; null when it does.</param>
internal sealed record MonitorView(ExperimentState State, ProgressBoard Progress, DateTimeOffset Now, string? Trouble)
{
    /// <summary>What the scheduler showed last; null: every word of it is in the journal.</summary>
    public SchedulerSight? Sight { get; init; }
}
