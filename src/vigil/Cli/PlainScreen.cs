using Vigil.Monitor;
using Vigil.Monitoring;
using Vigil.Views;

namespace Vigil.Cli;

/// <summary>One line an event, for pipes and logs of cron.</summary>
internal sealed class PlainScreen(TextWriter talk) : IMonitorScreen
{
    private string? _trouble;

    public void Decided(JournalEntry entry, ExperimentState state)
    {
        foreach (var e in entry.Events)
            if (e is not (RunEvent.EffectRequested or RunEvent.RunPlanned or RunEvent.WishGranted))
                talk.WriteLine($"{entry.At:HH:mm:ss} {EventText.Describe(e)}");
    }

    public void Show(MonitorView view)
    {
        if (view.Trouble == _trouble) return;
        talk.WriteLine(view.Trouble is { } trouble ? $"{view.Now:HH:mm:ss} {trouble}" : $"{view.Now:HH:mm:ss} all is well again");
        _trouble = view.Trouble;
    }

    public void Say(string text) => talk.WriteLine(text);
}
