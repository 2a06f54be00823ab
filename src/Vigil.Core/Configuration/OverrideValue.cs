using System.Collections.Immutable;

namespace Vigil.Configuration;

/// <summary>How choices were written: <c>a,b</c> is refused outside a sweep, <c>choice(a,b)</c> asks for one.</summary>
public enum ChoiceForm { Simple, Explicit }

/// <summary>The order in which a sweep gives its values.</summary>
public enum SweepOrder { AsWritten, Shuffled }

/// <summary>What stands behind the <c>=</c> of an override: one value, or a sweep over several.</summary>
public abstract record OverrideValue
{
    private OverrideValue() { }

    public sealed record Element(HydraValue Value) : OverrideValue;

    public sealed record Choices(ImmutableArray<HydraValue> Items, ChoiceForm Form) : OverrideValue
    {
        public SweepOrder Order { get; init; }
        public ImmutableArray<string> Tags { get; init; } = [];
    }

    /// <summary>From <c>Start</c> to before <c>Stop</c> in steps; all three are whole numbers, or none is.</summary>
    public sealed record Range(ScalarValue Start, ScalarValue Stop, ScalarValue Step, SourceSpan At) : OverrideValue
    {
        public SweepOrder Order { get; init; }
        public ImmutableArray<string> Tags { get; init; } = [];
    }

    /// <summary>Any number between two: there is nothing to list.</summary>
    public sealed record Interval(ScalarValue Start, ScalarValue End) : OverrideValue
    {
        public ImmutableArray<string> Tags { get; init; } = [];
    }

    /// <summary>The options of a config group whose names match.</summary>
    public sealed record Glob(ImmutableArray<string> Include, ImmutableArray<string> Exclude, SourceSpan At) : OverrideValue;
}
