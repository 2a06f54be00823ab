using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Vigil.Logs.Checkpoints;

namespace Vigil.Logs;

/// <summary>How well a pack knows its logs; one that knows them better takes over.</summary>
public enum PackKind
{
    /// <summary>Any bar.</summary>
    Bar,

    /// <summary>Any line that names a step.</summary>
    Pairs,

    /// <summary>A library that trainers use: a trainer's own pack is better.</summary>
    Library,

    /// <summary>One trainer. Once it has said a step, other lines are looked at only where its own stop.</summary>
    Trainer,
}

/// <summary>What the numbers of a trainer's bar or line count.</summary>
public enum StepCounting
{
    /// <summary>All steps of the run, whatever attempt did them.</summary>
    Run,

    /// <summary>The steps of the epoch, which counts from 0.</summary>
    Epoch,

    /// <summary>The steps since the process began, though it went on from a checkpoint.</summary>
    Start,
}

/// <summary>A pause in which no steps are made: it is no part of the pace.</summary>
public enum TrainingPhase { Steps, Validation, Checkpoint, Sampling, Compile, Caching, Loading }

/// <summary>How one trainer writes its progress: data, read from a file of <c>config/progress/</c>.</summary>
public sealed class ProgressPack
{
    internal ProgressPack(string name, PackKind kind, StepCounting counting, ImmutableArray<PackLine> lines) => (Name, Kind, Counting, Lines) = (name, kind, counting, lines);

    public string Name { get; }
    public PackKind Kind { get; }
    internal StepCounting Counting { get; }
    internal ImmutableArray<PackLine> Lines { get; }

    /// <summary>How the trainer's checkpoints lie; null: as those of known trainers.</summary>
    internal CheckpointForm? Checkpoint { get; init; }
}

/// <summary>One form of line, and what it means.</summary>
internal sealed class PackLine
{
    private bool? _beginsWithHold;

    /// <summary>Every such line holds one of these.</summary>
    public required ImmutableArray<byte[]> Holds { get; init; }

    public TextTemplate? Text { get; init; }

    /// <summary>Whether a match begins where <see cref="Holds"/> was found.</summary>
    public bool BeginsWithHold => _beginsWithHold ??= Text is { } text && !text.Start.IsEmpty && Holds is [var held] && text.Start.SequenceEqual(held);

    /// <summary>Read only on lines that hold what <see cref="Holds"/> says.</summary>
    public PackPattern? Pattern { get; init; }

    /// <summary>The numbers that <see cref="Text"/> or <see cref="Pattern"/> names.</summary>
    public ImmutableArray<LineSlot> Slots => Text?.Slots ?? Pattern?.Slots ?? [];

    /// <summary>Null: the line is no bar.</summary>
    public BarRule? Bar { get; init; }

    /// <summary>One of the scanners that data cannot say.</summary>
    public BuiltInForm Form { get; init; }

    public FieldForm Fields { get; init; }

    /// <summary>Put before the names of the line's metrics; empty: nothing.</summary>
    public byte[] Prefix { get; init; } = [];

    /// <summary>Names that are no metrics.</summary>
    public ImmutableArray<byte[]> Skip { get; init; } = [];

    /// <summary>The metric that says how long a step took; empty: none.</summary>
    public byte[] Duration { get; init; } = [];

    /// <summary>How many of the duration's units a second has.</summary>
    public double DurationsPerSecond { get; init; } = 1;

    /// <summary>The pause that such a line begins; null: none.</summary>
    public TrainingPhase? Phase { get; init; }

    /// <summary>Whether the line shows that the log is this pack's.</summary>
    public LineSign Sign { get; init; }

    /// <summary>Whether training is over when such a line was written.</summary>
    public LineEnd End { get; init; }
}

internal enum LineSign { Known, Weak }

internal enum LineEnd { GoesOn, TrainingEnds }

/// <summary>Scanners by name for lines that neither a text nor fields describe.</summary>
internal enum BuiltInForm
{
    None,

    /// <summary><see cref="CheckpointLine"/></summary>
    MegatronCheckpoint,

    /// <summary><see cref="StepLine"/></summary>
    Step,
}

/// <summary>Which bars a line means.</summary>
/// <param name="Label">Null: any.</param>
/// <param name="IsBare">Whether nothing may stand before the percentage.</param>
/// <param name="Not">Words that the label must not hold.</param>
internal sealed record BarRule(TextTemplate? Label, BarLabel IsBare, ImmutableArray<byte[]> Not, BarCounting Counting);

internal enum BarLabel { Any, Bare }

/// <summary>Whether the bar's numbers are the run's, or only tell how long an epoch is.</summary>
internal enum BarCounting { Steps, Epoch }

/// <summary>A regex for what no form says. Its named groups are the line's numbers.</summary>
internal sealed record PackPattern(Regex Regex, ImmutableArray<LineSlot> Slots);
