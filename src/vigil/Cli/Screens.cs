using Vigil.Monitor;

namespace Vigil.Cli;

/// <summary>The screen that fits where the output goes.</summary>
internal sealed class Screens : IDisposable
{
    private readonly Stopping _stopping;
    private readonly LiveScreen? _live;

    private Screens(IMonitorScreen screen, LiveScreen? live, Stopping stopping) => (Screen, _live, _stopping) = (screen, live, stopping);

    public IMonitorScreen Screen { get; }

    public static Screens Create(CliContext context, string title, Stopping stopping)
    {
        if (!context.IsTerminal) return new Screens(new PlainScreen(context.Talk), null, stopping);
        var live = new LiveScreen(new Canvas(context.Out, context.HasColour, static () => (Console.WindowWidth, Console.WindowHeight)), title);
        // What is said on leaving goes above the table, not into it.
        stopping.Say = live.Say;
        return new Screens(live, live, stopping);
    }

    /// <summary>Nothing more is drawn; what follows is ordinary text.</summary>
    public void Dispose()
    {
        if (_live is null) return;
        _live.Dispose();
        _stopping.Say = static _ => { };
    }
}
