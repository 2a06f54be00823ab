using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Vigil.Web.Actions;
using Vigil.Web.Live;
using Vigil.Web.Logs;
using Vigil.Web.Runs;

namespace Vigil.Web;

/// <summary>The shapes of the API, as <c>docs/api.md</c> and the page's <c>api.ts</c> have them. What is unknown is null, and stands there.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(SessionCell))]
[JsonSerializable(typeof(ImmutableArray<ExperimentRow>))]
[JsonSerializable(typeof(RunsPage))]
[JsonSerializable(typeof(RunDetail))]
[JsonSerializable(typeof(EventsPage))]
[JsonSerializable(typeof(ImmutableArray<CheckpointCell>))]
[JsonSerializable(typeof(ImmutableArray<ConfigLeaf>))]
[JsonSerializable(typeof(ImmutableArray<SampleCell>))]
[JsonSerializable(typeof(MonitorLines))]
[JsonSerializable(typeof(Comparison))]
[JsonSerializable(typeof(MetricsAnswer))]
[JsonSerializable(typeof(LogInfo))]
[JsonSerializable(typeof(LogLinesAnswer))]
[JsonSerializable(typeof(MarksSeen))]
[JsonSerializable(typeof(SearchLine))]
[JsonSerializable(typeof(ActionRequest))]
[JsonSerializable(typeof(ActionDone))]
[JsonSerializable(typeof(Frame))]
[JsonSerializable(typeof(Asked))]
[JsonSerializable(typeof(PollAnswer))]
[JsonSerializable(typeof(Dictionary<string, int>))]
internal sealed partial class WebJson : JsonSerializerContext
{
    public static WebJson Plain => field ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, AllowOutOfOrderMetadataProperties = true });

    /// <summary>Without what is null.</summary>
    public static WebJson Sparse => field ??= new(new JsonSerializerOptions(Plain.Options) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull });
}
