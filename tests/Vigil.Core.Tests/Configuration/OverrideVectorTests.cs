using System.Globalization;
using System.Text.Json;
using Vigil.Configuration;

namespace Vigil.Core.Tests.Configuration;

/// <summary>Overrides as Hydra 1.3.5 reads them, vector by vector.</summary>
public sealed class OverrideVectorTests
{
    /// <summary>Hydra 1.4 steps in decimal; 1.3.5 adds in binary and gives one value too many.</summary>
    private const string DecimalRange = "a=range(0.1,0.4,0.1)";

    public static IEnumerable<TheoryDataRow<string, string>> Vectors() =>
        HydraVectors.Read("vectors.json").GetProperty("override").EnumerateArray().Select(static v => new TheoryDataRow<string, string>(v.GetProperty("in").GetString()!, v.GetRawText()));

    [Theory]
    [MemberData(nameof(Vectors))]
    public void An_override_is_read_as_Hydra_reads_it(string text, string vector)
    {
        var expected = JsonDocument.Parse(vector).RootElement;
        var report = new DiagnosticBag();
        var read = Override.Parse(text, report);
        // A sweep among choices passes Hydra's parser and breaks it later; here it is refused at once.
        if (expected.TryGetProperty("error", out _) || expected.TryGetProperty("expand_error", out _))
        {
            Assert.Null(read);
            Assert.Single(report.All);
            return;
        }
        Assert.Empty(report.All);
        Assert.NotNull(read);
        Assert.Equal(expected.GetProperty("type").GetString(), read.Kind switch { OverrideKind.Change => "CHANGE", OverrideKind.Add => "ADD", OverrideKind.Force => "FORCE_ADD", _ => "DEL" });
        Assert.Equal(expected.GetProperty("key").GetString(), read.Key);
        Assert.Equal(expected.GetProperty("package").GetString(), read.Package);
        Assert.Equal(expected.GetProperty("value_type").GetString(), TypeOf(read.Value));
        Assert.Equal(Canonical(expected.GetProperty("value")), Canonical(read.Value));
        if (expected.TryGetProperty("as_str", out var written)) Assert.Equal(written.GetString(), read.ValueText);
        if (expected.TryGetProperty("expands", out var values) && text != DecimalRange) Assert.Equal(Sorted(read, values.EnumerateArray().Select(static v => v.GetString()!)), Sorted(read, Expanded(read)));
    }

    [Fact]
    public void A_range_of_decimals_is_exact()
    {
        var range = Override.Parse(DecimalRange, new DiagnosticBag())!;
        Assert.Equal(["0.1", "0.2", "0.3"], Expanded(range));
    }

    private static IEnumerable<string> Expanded(Override read) => read.Expand([]).Values.Select(static v => v.Text);

    /// <summary>A shuffled order is one of many.</summary>
    private static IEnumerable<string> Sorted(Override read, IEnumerable<string> values) => read.Text.Contains("shuffle", StringComparison.Ordinal) ? values.Order(StringComparer.Ordinal) : values;

    private static string? TypeOf(OverrideValue? value) => value switch
    {
        null => null,
        OverrideValue.Element => "ELEMENT",
        OverrideValue.Choices { Form: ChoiceForm.Simple } => "SIMPLE_CHOICE_SWEEP",
        OverrideValue.Choices => "CHOICE_SWEEP",
        OverrideValue.Range => "RANGE_SWEEP",
        OverrideValue.Interval => "INTERVAL_SWEEP",
        OverrideValue.Glob => "GLOB_CHOICE_SWEEP",
        _ => throw new InvalidOperationException(),
    };

    private static string Canonical(OverrideValue? value) => value switch
    {
        null => "null",
        OverrideValue.Element element => Canonical(element.Value),
        OverrideValue.Choices choices => $"choice({string.Join(",", choices.Items.Select(Canonical))};{choices.Form is ChoiceForm.Simple};{choices.Order is SweepOrder.Shuffled};{string.Join(",", choices.Tags.Order(StringComparer.Ordinal))})",
        OverrideValue.Range range => $"range({Number(range.Start)},{Number(range.Stop)},{Number(range.Step)};{range.Order is SweepOrder.Shuffled};{string.Join(",", range.Tags)})",
        OverrideValue.Interval interval => $"interval({Number(interval.Start)},{Number(interval.End)};{string.Join(",", interval.Tags)})",
        OverrideValue.Glob glob => $"glob({string.Join(",", glob.Include)};{string.Join(",", glob.Exclude)})",
        _ => throw new InvalidOperationException(),
    };

    private static string Canonical(HydraValue value) => value switch
    {
        HydraValue.Plain { Value: ScalarValue.Null } => "null",
        HydraValue.Plain { Value: ScalarValue.Bool flag } => flag.Value ? "true" : "false",
        HydraValue.Plain plain => Number(plain.Value),
        HydraValue.Bare bare => $"bare:{bare.Content}",
        HydraValue.Quoted quoted => $"{(quoted.Quote == '"' ? "double" : "single")}:{quoted.Content}",
        HydraValue.List list => $"[{string.Join(",", list.Items.Select(Canonical))}]",
        HydraValue.Dict dict => $"{{{string.Join(",", dict.Pairs.Select(static p => Canonical(p.Key) + "=" + Canonical(p.Value)))}}}",
        _ => throw new InvalidOperationException(),
    };

    private static string Number(ScalarValue value) => value is ScalarValue.Real ? "f" + PythonText.Of(value) : PythonText.Of(value);

    private static string Canonical(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Null: return "null";
            case JsonValueKind.True: return "true";
            case JsonValueKind.False: return "false";
            case JsonValueKind.String: return $"bare:{value.GetString()}";
            case JsonValueKind.Number when value.GetRawText() is var raw: return raw.Any(static c => c is '.' or 'e' or 'E') ? "f" + PythonText.Of(value.GetDouble()) : raw;
            case JsonValueKind.Array: return $"[{string.Join(",", value.EnumerateArray().Select(Canonical))}]";
        }
        if (value.TryGetProperty("$float", out var special)) return "f" + special.GetString();
        if (value.TryGetProperty("$quoted", out var quoted)) return $"{value.GetProperty("q").GetString()}:{quoted.GetString()}";
        if (value.TryGetProperty("$dict", out var dict)) return $"{{{string.Join(",", dict.EnumerateArray().Select(static p => Canonical(p[0]) + "=" + Canonical(p[1])))}}}";
        if (value.TryGetProperty("$glob", out var glob)) return $"glob({Texts(glob.GetProperty("include"))};{Texts(glob.GetProperty("exclude"))})";
        var tags = string.Join(",", value.GetProperty("tags").EnumerateArray().Select(static t => t.GetString()).Order(StringComparer.Ordinal));
        if (value.TryGetProperty("$interval", out var ends)) return $"interval({Canonical(ends[0])},{Canonical(ends[1])};{tags})";
        var shuffled = value.GetProperty("shuffle").GetBoolean();
        if (value.TryGetProperty("$range", out var range)) return $"range({Canonical(range[0])},{Canonical(range[1])},{Canonical(range[2])};{shuffled};{tags})";
        return $"choice({string.Join(",", value.GetProperty("$choice").EnumerateArray().Select(Canonical))};{value.GetProperty("simple").GetBoolean()};{shuffled};{tags})";
    }

    private static string Texts(JsonElement list) => string.Join(",", list.EnumerateArray().Select(static t => t.GetString()));
}
