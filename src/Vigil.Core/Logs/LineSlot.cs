using System.Text;

namespace Vigil.Logs;

/// <summary>What a number in a line is.</summary>
internal enum SlotKind
{
    Metric,
    Step,
    Total,
    Epoch,
    Epochs,

    /// <summary>Steps in an epoch.</summary>
    PerEpoch,

    /// <summary>The step that the run goes on from.</summary>
    Resumed,

    /// <summary>The step that the line's metrics belong to, which need not be the newest.</summary>
    At,

    Ignored,
}

/// <summary>A named number of a line.</summary>
/// <param name="Name">A metric's name.</param>
internal readonly record struct LineSlot(SlotKind Kind, byte[] Name)
{
    public static LineSlot Of(string name) => new(KindOf(name), Encoding.UTF8.GetBytes(name));

    private static SlotKind KindOf(string name) => name switch
    {
        "step" => SlotKind.Step,
        "total" => SlotKind.Total,
        "epoch" => SlotKind.Epoch,
        "epochs" => SlotKind.Epochs,
        "per_epoch" => SlotKind.PerEpoch,
        "resumed" => SlotKind.Resumed,
        "at" => SlotKind.At,
        "_" => SlotKind.Ignored,
        _ => SlotKind.Metric,
    };
}

/// <summary>What one line says of where the training stands; what it does not say is NaN.</summary>
internal struct LineFacts()
{
    public double Step = double.NaN, Total = double.NaN, Epoch = double.NaN, Epochs = double.NaN, PerEpoch = double.NaN, Resumed = double.NaN, At = double.NaN;

    public void Set(SlotKind kind, double value)
    {
        switch (kind)
        {
            case SlotKind.Step: Step = value; break;
            case SlotKind.Total: Total = value; break;
            case SlotKind.Epoch: Epoch = value; break;
            case SlotKind.Epochs: Epochs = value; break;
            case SlotKind.PerEpoch: PerEpoch = value; break;
            case SlotKind.Resumed: Resumed = value; break;
            case SlotKind.At: At = value; break;
            case SlotKind.Metric or SlotKind.Ignored: break;
            default: throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>A step that a log can mean: whole, not negative, exact in a double.</summary>
    public static bool IsCount(double value) => value is >= 0 and < 1L << 53 && double.IsInteger(value);
}
