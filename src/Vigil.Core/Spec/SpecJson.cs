using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Vigil.Spec;

/// <summary>The contract of the experiment file's sections.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ProjectSpec))]
[JsonSerializable(typeof(SchedulerSpec))]
[JsonSerializable(typeof(BackendSpec))]
[JsonSerializable(typeof(LocalSpec))]
[JsonSerializable(typeof(JobSpec))]
[JsonSerializable(typeof(SlurmSpec))]
[JsonSerializable(typeof(ContainerSpec))]
[JsonSerializable(typeof(ImmutableArray<string>))]
[JsonSerializable(typeof(ImmutableArray<Rule>))]
[JsonSerializable(typeof(ImmutableArray<Condition>))]
[JsonSerializable(typeof(ImmutableSortedDictionary<string, NotifyChannel>))]
[JsonSerializable(typeof(ChannelTarget.Command), TypeInfoPropertyName = "CommandTarget")]
public sealed partial class SpecJson : JsonSerializerContext;
