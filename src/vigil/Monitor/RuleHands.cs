namespace Vigil.Monitor;

/// <summary>What reaches into the world for the rules: what looks, and what acts.</summary>
internal sealed record RuleHands(ProbeRunner Probes, ActionRunner Actions) : IDisposable
{
    public void Dispose()
    {
        Probes.Dispose();
        Actions.Dispose();
    }
}
