using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Vigil.Monitoring;
using Vigil.Spec;

namespace Vigil.Journaling;

/// <summary>The one contract of everything under <c>journal/</c>, <c>lease</c>, <c>inbox/</c> and <c>views/</c>. Unknown members are refused: better to stop than to guess.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowOutOfOrderMetadataProperties = true,
    IgnoreReadOnlyProperties = true,   // what follows from the rest is not stored
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(JournalEntry))]
[JsonSerializable(typeof(ExperimentState))]
[JsonSerializable(typeof(SegmentHeader))]
[JsonSerializable(typeof(SnapshotHeader))]
[JsonSerializable(typeof(LeaseRecord))]
[JsonSerializable(typeof(Wish))]
[JsonSerializable(typeof(WishContent.Cancel), TypeInfoPropertyName = "CancelWish")]
[JsonSerializable(typeof(WishContent.Change), TypeInfoPropertyName = "ChangeWish")]
[JsonSerializable(typeof(RuleAction.Cancel), TypeInfoPropertyName = "CancelAction")]
[JsonSerializable(typeof(RuleAction.StartRun), TypeInfoPropertyName = "StartRunAction")]
[JsonSerializable(typeof(RuleAction.RunCommand), TypeInfoPropertyName = "RunCommandAction")]
[JsonSerializable(typeof(RuleAction.AppendToFile), TypeInfoPropertyName = "AppendToFileAction")]
[JsonSerializable(typeof(RuleAction.ExcludeNodes), TypeInfoPropertyName = "ExcludeNodesAction")]
[JsonSerializable(typeof(RuleAction.Notify), TypeInfoPropertyName = "NotifyAction")]
[JsonSerializable(typeof(ChannelTarget.Command), TypeInfoPropertyName = "CommandTarget")]
[JsonSerializable(typeof(Spec.Condition.Command), TypeInfoPropertyName = "CommandCondition")]
internal sealed partial class JournalJson : JsonSerializerContext
{
    /// <summary>As <c>Default</c>, with text left readable: these files are read by people, never by a browser.</summary>
    public static JournalJson Plain => field ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
