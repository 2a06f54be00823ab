using Vigil.Monitor;
using Vigil.Monitoring;

namespace Vigil.Cli;

/// <summary>The screen that fits where the output goes.</summary>
internal sealed class Screens : IDisposable
{
    private readonly LiveScreen? _live;

    private Screens(IMonitorScreen screen, LiveScreen? live) => (Screen, _live) = (screen, live);

    public IMonitorScreen Screen { get; }

    public static Screens Create(CliContext context, string title)
    {
        if (!context.IsTerminal) return new Screens(new PlainScreen(context.Talk), null);
        var live = new LiveScreen(context.Out, title, static () => (Console.WindowWidth, Console.WindowHeight));
        return new Screens(live, live);
    }

    /// <summary>Nothing more is drawn; what follows is ordinary text.</summary>
    public void Dispose() => _live?.Dispose();
}
