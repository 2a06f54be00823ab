using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using Vigil.Configuration;

namespace Vigil.Planning;

/// <summary>
/// Draws the values of an axis <c>{sample: loguniform, low: 1e-5, high: 1e-2, n: 8, seed: 1}</c>. The same text gives the same values everywhere;
/// without a seed the key decides. All values of an axis differ, since equal points would be equal runs.
/// </summary>
internal sealed class SweepSamples
{
    private static readonly string[] Kinds = ["uniform", "loguniform", "normal", "int", "logint", "choice"];
    private const int DefaultDigits = 4;

    private readonly string _key;
    private readonly ConfigNode.Mapping _spec;
    private readonly DiagnosticBag _report;
    private readonly SampleStream _stream;
    private bool _isWrong;

    private SweepSamples(string key, ConfigNode.Mapping spec, DiagnosticBag report)
    {
        (_key, _spec, _report) = (key, spec, report);
        _stream = new(key, spec["seed"] is { } seed && !ScalarValue.IsNull(seed) ? Whole("seed", BigInteger.MinusOne << 63, BigInteger.One << 64) : null);
    }

    /// <summary>Empty, with diagnostics, when the description is wrong.</summary>
    public static ImmutableArray<ConfigNode> Draw(string key, ConfigNode.Mapping spec, DiagnosticBag report)
    {
        var samples = new SweepSamples(key, spec, report);
        var values = samples.Draw();
        return samples._isWrong ? [] : values;
    }

    private ImmutableArray<ConfigNode> Draw()
    {
        var kind = _spec["sample"] is ConfigNode.Scalar { Text: var text } && Kinds.Contains(text) ? text : null;
        if (kind is null)
        {
            Refuse("PLN034", _spec["sample"]!, $"'sample' is how values are drawn, and {Binder.Describe(_spec["sample"]!)} is no such way", Suggestion.Hint((_spec["sample"] as ConfigNode.Scalar)?.Text ?? "", Kinds));
            return [];
        }
        CheckKeys(kind);
        if (kind == "choice") return Choice();
        var count = (int)Whole("n", 1, Sweep.MaxPoints);
        var digits = _spec["digits"] is null ? DefaultDigits : (int)Whole("digits", 1, 17);
        if (_isWrong) return [];
        return kind switch
        {
            "int" or "logint" => Integers(kind, count),
            "normal" => Reals(Normal(), count, digits),
            _ => Reals(kind == "uniform" ? Uniform() : LogUniform(), count, digits),
        };
    }

    private void CheckKeys(string kind)
    {
        string[] known = ["sample", "n", "seed", .. kind switch { "choice" => ["values"], "normal" => ["mean", "std", "digits"], "int" or "logint" => ["low", "high"], _ => (string[])["low", "high", "digits"] }];
        foreach (var entry in _spec.Entries)
            if (!known.Contains(entry.Key)) Refuse("PLN034", entry.Value, $"a sample of kind '{kind}' knows no key '{entry.Key}'", Suggestion.Hint(entry.Key, known));
    }

    private Func<double> Uniform()
    {
        var (low, high) = Range(double.MinValue);
        return () => low + (high - low) * _stream.Unit();
    }

    private Func<double> LogUniform()
    {
        var (low, high) = Range(double.Epsilon);
        var (from, to) = (Math.Log(low), Math.Log(high));
        return () => Math.Clamp(Math.Exp(from + (to - from) * _stream.Unit()), low, high);
    }

    private Func<double> Normal()
    {
        var (mean, std) = (Number("mean"), Number("std"));
        if (!(std > 0)) Refuse("PLN034", _spec["std"] ?? _spec, "'std' must be above 0");
        return () => mean + std * _stream.Normal();
    }

    private ImmutableArray<ConfigNode> Reals(Func<double> draw, int count, int digits) =>
        Distinct(count, () => PythonText.Of(double.Parse(draw().ToString($"E{digits - 1}", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)), $"{digits} digits tell too few values apart: set 'digits' higher");

    private ImmutableArray<ConfigNode> Integers(string kind, int count)
    {
        var isLog = kind == "logint";
        var (low, high) = (Whole("low", isLog ? 1 : long.MinValue, long.MaxValue), Whole("high", long.MinValue, long.MaxValue));
        if (!_isWrong && low > high) Refuse("PLN034", _spec["high"] ?? _spec, "'high' must not be below 'low'");
        if (_isWrong) return [];
        var (from, size) = ((long)low, high - low + 1);
        if (size < count)
        {
            Refuse("PLN034", _spec["n"]!, $"there are only {size} whole numbers from {low} to {high}, and {count} different ones are asked for");
            return [];
        }
        var (logLow, logSpan) = (Math.Log((double)low), Math.Log((double)high + 1) - Math.Log((double)low));
        return Distinct(count, () => (isLog
            ? Math.Clamp((long)Math.Exp(logLow + logSpan * _stream.Unit()), from, (long)high)
            : from + (long)_stream.Below((ulong)BigInteger.Min(size, ulong.MaxValue))).ToString(CultureInfo.InvariantCulture), "the numbers are too few: ask for fewer");
    }

    /// <summary>Some of the listed values, in the order in which they were drawn.</summary>
    private ImmutableArray<ConfigNode> Choice()
    {
        if (_spec["values"] is not ConfigNode.Sequence { Items.IsEmpty: false } list)
        {
            Refuse("PLN034", _spec["values"] ?? _spec, "a choice needs 'values', a list with at least one entry");
            return [];
        }
        var count = _spec["n"] is null ? list.Items.Length : (int)Whole("n", 1, list.Items.Length);
        if (_isWrong) return [];
        var values = list.Items.ToArray();
        for (var i = 0; i < count; i++)
        {
            var other = i + (int)_stream.Below((ulong)(values.Length - i));
            (values[i], values[other]) = (values[other], values[i]);
        }
        return [.. values.AsSpan()[..count]];
    }

    private ImmutableArray<ConfigNode> Distinct(int count, Func<string> draw, string whenTooFew)
    {
        if (_isWrong) return [];
        var values = ImmutableArray.CreateBuilder<ConfigNode>(count);
        var seen = new HashSet<string>(count);
        for (var tries = 0L; values.Count < count && tries < 1000 + 200L * count; tries++)
            if (draw() is var text && seen.Add(text)) values.Add(new ConfigNode.Scalar(_spec.At, text, ScalarStyle.Plain));
        if (values.Count < count) Refuse("PLN034", _spec["n"] ?? _spec, $"after many draws there are {values.Count} different values, and {count} are asked for", whenTooFew);
        return values.DrainToImmutable();
    }

    private (double Low, double High) Range(double least)
    {
        var (low, high) = (Number("low"), Number("high"));
        if (low < least) Refuse("PLN034", _spec["low"] ?? _spec, "'low' must be above 0 for a logarithmic sample");
        else if (!(low < high) && !_isWrong) Refuse("PLN034", _spec["high"] ?? _spec, "'high' must be above 'low'");
        return (low, high);
    }

    private double Number(string key)
    {
        if (_spec[key] is ConfigNode.Scalar scalar)
            switch (ScalarValue.Of(scalar))
            {
                case ScalarValue.Whole { Value: var whole }: return (double)whole;
                case ScalarValue.Real { Value: var real } when double.IsFinite(real): return real;
            }
        Refuse("PLN034", _spec[key] ?? _spec, _spec[key] is { } given ? $"'{key}' must be a number, not {Binder.Describe(given)}" : $"the sample of '{_key}' needs '{key}'");
        return double.NaN;
    }

    private BigInteger Whole(string key, BigInteger least, BigInteger most)
    {
        if (_spec[key] is ConfigNode.Scalar scalar && ScalarValue.Of(scalar) is ScalarValue.Whole { Value: var whole } && whole >= least && whole <= most) return whole;
        Refuse("PLN034", _spec[key] ?? _spec, _spec[key] is { } given ? $"'{key}' must be a whole number from {least} to {most}, not {Binder.Describe(given)}" : $"the sample of '{_key}' needs '{key}'");
        return least;
    }

    private void Refuse(string code, ConfigNode at, string message, string? hint = null)
    {
        _isWrong = true;
        _report.Error(code, at.At, message, hint);
    }
}
