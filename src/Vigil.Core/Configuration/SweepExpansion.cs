using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;

namespace Vigil.Configuration;

/// <summary>The values of a sweep, in Hydra's order.</summary>
/// <param name="Mistake">A sentence when there is nothing to list; the values are empty then.</param>
public readonly record struct SweepExpansion(ImmutableArray<HydraValue> Values, string? Mistake)
{
    public const int MostValues = 1_000_000;

    /// <param name="options">The options of the config group that the override names; empty when it names none.</param>
    /// <param name="seed">What shuffling starts from: the same seed, the same order.</param>
    public static SweepExpansion Of(OverrideValue value, ImmutableArray<string> options, ulong seed) => value switch
    {
        OverrideValue.Element element => new([element.Value], null),
        OverrideValue.Choices choices => new(InOrder(choices.Items, choices.Order, seed), null),
        OverrideValue.Range range => Steps(range) is { Mistake: null } steps ? new(InOrder(steps.Values, range.Order, seed), null) : Steps(range),
        OverrideValue.Interval => Refuse("an interval has no list of values: write choice(…), range(…) or a sample under sweep: in the file"),
        OverrideValue.Glob when options.IsEmpty => Refuse("glob(…) chooses among the options of a config group, and this key is none"),
        OverrideValue.Glob glob => Matching(glob, options),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>A seed that every machine gives the same text.</summary>
    public static ulong SeedOf(string text)
    {
        var hash = 14695981039346656037UL;
        foreach (var c in text) hash = unchecked((hash ^ c) * 1099511628211UL);
        return hash;
    }

    internal static ImmutableArray<HydraValue> Shuffle(ImmutableArray<HydraValue> items, ulong seed)
    {
        var (shuffled, state) = (items.ToArray(), seed);
        for (var i = shuffled.Length - 1; i > 0; i--)
        {
            var j = (int)(Next(ref state) % (ulong)(i + 1));
            (shuffled[i], shuffled[j]) = (shuffled[j], shuffled[i]);
        }
        return [.. shuffled];
    }

    /// <summary>SplitMix64: small, and the same everywhere.</summary>
    private static ulong Next(ref ulong state)
    {
        unchecked
        {
            var z = state += 0x9E3779B97F4A7C15UL;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
            return z ^ (z >> 31);
        }
    }

    private static ImmutableArray<HydraValue> InOrder(ImmutableArray<HydraValue> items, SweepOrder order, ulong seed) => order is SweepOrder.Shuffled ? Shuffle(items, seed) : items;

    /// <summary>Exact in decimal: 0.1, 0.2, 0.3, where binary steps would give 0.30000000000000004 and one value too many.</summary>
    private static SweepExpansion Steps(OverrideValue.Range range)
    {
        if (Exact(range.Start) is not { } start || Exact(range.Stop) is not { } stop || Exact(range.Step) is not { } step) return Refuse("a range goes between finite numbers");
        if (step.Digits.IsZero) return Refuse("the step of a range cannot be 0");
        var power = Math.Min(start.Power, Math.Min(stop.Power, step.Power));
        var (first, end, by) = (Scaled(start, power), Scaled(stop, power), Scaled(step, power));
        var distance = by.Sign > 0 ? end - first : first - end;
        var count = distance.Sign <= 0 ? BigInteger.Zero : (distance + BigInteger.Abs(by) - 1) / BigInteger.Abs(by);
        if (count > MostValues) return Refuse($"this range has {count} values; at most {MostValues} can be listed");
        var values = ImmutableArray.CreateBuilder<HydraValue>((int)count);
        for (var i = BigInteger.Zero; i < count; i++) values.Add(Number(range.At, range.Start, first + by * i, power));
        return new(values.DrainToImmutable(), null);
    }

    /// <summary>A number of the same kind as another one.</summary>
    private static HydraValue.Plain Number(SourceSpan at, ScalarValue like, BigInteger digits, int power)
    {
        if (like is ScalarValue.Whole) return new(at, new ScalarValue.Whole(digits), digits.ToString(CultureInfo.InvariantCulture));
        var value = double.Parse(string.Create(CultureInfo.InvariantCulture, $"{digits}e{power}"), NumberStyles.Float, CultureInfo.InvariantCulture);
        return new(at, new ScalarValue.Real(value), PythonText.Of(value));
    }

    /// <summary>Digits times a power of ten, exactly; null for what is not finite.</summary>
    private static (BigInteger Digits, int Power)? Exact(ScalarValue value)
    {
        if (value is ScalarValue.Whole whole) return (whole.Value, 0);
        if (value is not ScalarValue.Real { Value: var real } || !double.IsFinite(real)) return null;
        var shortest = real.ToString("R", CultureInfo.InvariantCulture);
        var e = shortest.IndexOf('E', StringComparison.Ordinal);
        var mantissa = e < 0 ? shortest : shortest[..e];
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var power = (e < 0 ? 0 : int.Parse(shortest.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)) - (point < 0 ? 0 : mantissa.Length - point - 1);
        return (BigInteger.Parse(mantissa.Replace(".", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture), power);
    }

    private static BigInteger Scaled((BigInteger Digits, int Power) number, int power) => number.Digits * BigInteger.Pow(10, number.Power - power);

    private static SweepExpansion Matching(OverrideValue.Glob glob, ImmutableArray<string> options)
    {
        ImmutableArray<HydraValue> matching = [.. options.Where(o => glob.Include.Any(g => GlobPattern.Matches(g, o)) && !glob.Exclude.Any(g => GlobPattern.Matches(g, o))).Select(o => new HydraValue.Bare(glob.At, o))];
        return matching.IsEmpty ? Refuse($"no option matches {string.Join(", ", glob.Include)}; options here: {string.Join(", ", options)}") : new(matching, null);
    }

    private static SweepExpansion Refuse(string mistake) => new([], mistake);
}
