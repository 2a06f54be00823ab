using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Vigil.Views;

namespace Vigil.Cli;

/// <summary>What commands print with <c>--json</c>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(StatusReport))]
[JsonSerializable(typeof(StatusReports))]
[JsonSerializable(typeof(DoctorReport))]
[JsonSerializable(typeof(ActionReport))]
[JsonSerializable(typeof(OrderedDictionary<string, string>))]
[JsonSerializable(typeof(OrderedDictionary<string, int>))]
[JsonSerializable(typeof(OrderedDictionary<string, double>))]
internal sealed partial class ReportJson : JsonSerializerContext
{
    public static ReportJson Plain => field ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}

/// <summary>What waits for a person in one experiment.</summary>
internal sealed record ActionReport(int Schema, string? Experiment, string Dir, ImmutableArray<ActionStatus> Actions);

internal sealed record StatusReports(int Schema, ImmutableArray<StatusReport> Experiments);
