using Vigil.Monitor;
using Vigil.Monitoring;
using Vigil.Views;

namespace Vigil.Cli;

/// <summary>One line an event, for pipes and logs of cron.</summary>
internal sealed class PlainScreen(TextWriter talk) : IMonitorScreen
{
    private readonly HashSet<string> _silent = new(StringComparer.Ordinal);
    private string? _trouble;

    /// <summary>Whether the scheduler refused something for good.</summary>
    public bool ToldARefusal { get; private set; }

    public void Decided(JournalEntry entry, ExperimentState state)
    {
        ToldARefusal |= entry.Events.Any(static e => e is RunEvent.EffectCompleted { Result: EffectResult.Refused });
        foreach (var e in entry.Events)
            if (e is not (RunEvent.EffectRequested or RunEvent.RunPlanned or RunEvent.WishGranted))
                talk.WriteLine($"{entry.At:HH:mm:ss} {EventText.Describe(e)}");
    }

    public void Show(MonitorView view)
    {
        ShowWitnesses(view);
        if (view.Trouble == _trouble) return;
        talk.WriteLine(view.Trouble is { } trouble ? $"{view.Now:HH:mm:ss} {trouble}" : $"{view.Now:HH:mm:ss} all is well again");
        _trouble = view.Trouble;
    }

    /// <summary>Each silence is told once, and its end.</summary>
    private void ShowWitnesses(MonitorView view)
    {
        foreach (var witness in view.Sight?.Witnesses ?? [])
            if (witness.Trouble is null)
            {
                if (_silent.Remove(witness.Name)) talk.WriteLine($"{view.Now:HH:mm:ss} {witness.Name} answers again");
            }
            else if (_silent.Add(witness.Name)) talk.WriteLine($"{view.Now:HH:mm:ss} {SightText.Sentence(witness, view.Now)}; the jobs go on");
    }

    public void Say(string text) => talk.WriteLine(text);
}
