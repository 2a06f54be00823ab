using Vigil.Notifying;

namespace Vigil.Monitor;

/// <summary>What reaches into the world for the rules: what looks, what acts, and what tells people.</summary>
internal sealed record RuleHands(ProbeRunner Probes, ActionRunner Actions, Notifier Notifier) : IDisposable
{
    public void Dispose()
    {
        Probes.Dispose();
        Actions.Dispose();
        Notifier.Dispose();
    }
}
