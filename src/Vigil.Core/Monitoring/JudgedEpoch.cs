using System.Globalization;

namespace Vigil.Monitoring;

/// <summary>An epoch and how well it did.</summary>
/// <param name="Epoch">From 0.</param>
/// <param name="Loss">On validation data.</param>
public sealed record JudgedEpoch(long Epoch, double Loss)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"epoch_{Epoch}, validation loss {Loss:0.####}");
}
