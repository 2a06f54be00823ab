using System.Collections.Immutable;
using System.Globalization;

namespace Vigil.Documents;

/// <summary>Which epochs are meant. They count from 0: a training of two epochs leaves <c>epoch_0</c> and <c>epoch_1</c>.</summary>
public abstract partial record EpochSelection
{
    private EpochSelection() { }

    /// <summary>The forms that are read, for messages.</summary>
    public const string Forms = "last, first, all, best, or numbers such as 0,1";

    public sealed record Last : EpochSelection { public static Last Instance { get; } = new(); }
    public sealed record First : EpochSelection { public static First Instance { get; } = new(); }
    public sealed record All : EpochSelection { public static All Instance { get; } = new(); }

    /// <summary>The epoch with the lowest loss of validation: known only when the training is over.</summary>
    public sealed record Best : EpochSelection { public static Best Instance { get; } = new(); }

    /// <summary>Ascending, each once; none at all is possible for what training saves.</summary>
    public sealed record Listed : EpochSelection
    {
        public Listed(IEnumerable<int> numbers) => Numbers = [.. numbers.Distinct().Order()];

        public ImmutableArray<int> Numbers { get; }

        public bool Equals(Listed? other) => other is not null && Numbers.SequenceEqual(other.Numbers);
        public override int GetHashCode() => Numbers.Aggregate(17, HashCode.Combine);
    }

    /// <summary>As documents write it.</summary>
    public string Text => this switch
    {
        Last => "last",
        First => "first",
        All => "all epochs",
        Best => "best",
        Listed { Numbers: [] } => "none",
        Listed { Numbers: var numbers } => $"epoch {string.Join(',', numbers.Select(static n => n.ToString(CultureInfo.InvariantCulture)))}",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>The epochs of one run.</summary>
    /// <param name="epochs">How many the run is trained for.</param>
    /// <param name="saved">Those that leave a checkpoint; null for all.</param>
    /// <returns>The epochs that can be evaluated, and the numbers that were asked for and cannot.</returns>
    public (ImmutableArray<EvaluatedEpoch> Epochs, ImmutableArray<int> Unsaved) Resolve(int epochs, EpochSelection? saved)
    {
        if (this is Best) return ([EvaluatedEpoch.Best.Instance], []);
        var kept = saved is null ? [.. Enumerable.Range(0, epochs)] : saved.Numbered(epochs).Where(n => n < epochs).ToImmutableArray();
        var asked = this is All ? kept : Numbered(epochs);
        return ([.. asked.Where(kept.Contains).Select(static n => new EvaluatedEpoch.Numbered(n))], [.. asked.Where(n => !kept.Contains(n))]);
    }

    private ImmutableArray<int> Numbered(int epochs) => this switch
    {
        First => [0],
        Last => [Math.Max(0, epochs - 1)],
        Listed { Numbers: var numbers } => numbers,
        _ => [.. Enumerable.Range(0, epochs)],
    };
}

/// <summary>What of a run one evaluation looks at.</summary>
public abstract record EvaluatedEpoch
{
    private EvaluatedEpoch() { }

    /// <summary>A base model or a given checkpoint: there are no epochs.</summary>
    public sealed record None : EvaluatedEpoch { public static None Instance { get; } = new(); }

    public sealed record Numbered(int Epoch) : EvaluatedEpoch;

    /// <summary>The epoch with the lowest loss of validation.</summary>
    public sealed record Best : EvaluatedEpoch { public static Best Instance { get; } = new(); }
}
