using System.Runtime.InteropServices;

namespace Vigil.Cli;

/// <summary>Ctrl-C, SIGTERM and a closed terminal. The first asks to leave cleanly, the second leaves at once. Jobs go on in either case.</summary>
internal sealed class Stopping : IDisposable
{
    private readonly CancellationTokenSource _gently = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _asked;

    public Stopping(Action<string> say)
    {
        Say = say;
        foreach (var signal in (PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP])
            _registrations.Add(PosixSignalRegistration.Create(signal, context => OnSignal(context)));
    }

    /// <summary>Where it is said that the wish to leave was heard.</summary>
    public Action<string> Say { get; set; }

    public CancellationToken Gently => _gently.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _gently.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        if (Interlocked.Increment(ref _asked) > 1) Environment.Exit(ExitCode.Interrupted);
        context.Cancel = true;
        if (context.Signal is PosixSignal.SIGINT) Say("Leaving; the jobs go on. Ctrl-C again to leave at once.");
        _gently.Cancel();
    }
}
