namespace Vigil.Tests.CrashMatrix;

/// <summary>The monitor dies here. Nothing in the program catches it, as nothing catches a kill -9.</summary>
internal sealed class SimulatedCrash : Exception
{
    public SimulatedCrash() { }
    public SimulatedCrash(string message) : base(message) { }
    public SimulatedCrash(string message, Exception inner) : base(message, inner) { }
}
