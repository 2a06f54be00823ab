using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Vigil.Reports;

/// <summary>The report as JSON. NaN and infinities, which are results too, stand there as texts.</summary>
public static class ReportDocument
{
    public static string Write(ExperimentReport report) => JsonSerializer.Serialize(report, ReportContext.Plain.ExperimentReport) + "\n";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(ExperimentReport))]
[JsonSerializable(typeof(OrderedDictionary<string, int>))]
internal sealed partial class ReportContext : JsonSerializerContext
{
    public static ReportContext Plain => field ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}

/// <summary>What the page's plots are drawn from. Nothing in it can end a script: all signs of markup are written as escapes.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ImmutableArray<Plot>))]
internal sealed partial class PlotContext : JsonSerializerContext;
