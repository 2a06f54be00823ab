using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Vigil.Configuration;
using Vigil.Spec;

namespace Vigil.Planning;

/// <summary>What a run's <c>backend.planning</c> says of the job: how long the training is, and which earlier runs are like it.</summary>
/// <param name="At">Where the run stands.</param>
public sealed record PlannedTraining(RunId Run, SourceSpan At)
{
    /// <summary>Absolute, or as it was written where no job of this machine reads it; null: it trains on nothing that is known here.</summary>
    public string? Data { get; init; }

    public SourceSpan DataAt { get; init; } = SourceSpan.None;

    /// <summary>The key of the data under which the samples stand; null: the file is the list.</summary>
    public string? Field { get; init; }

    public SourceSpan FieldAt { get; init; } = SourceSpan.None;

    /// <summary>Where that was said which the samples are looked for by: the list's name, the data, or the run itself.</summary>
    public SourceSpan SamplesAt => IsSaid(FieldAt) ? FieldAt : IsSaid(DataAt) ? DataAt : At;

    /// <summary>Why the steps cannot be counted; null: the data's samples tell.</summary>
    public string? Uncountable { get; init; }

    public PlannedNumber? BatchSize { get; init; }
    public PlannedNumber? Accumulation { get; init; }
    public PlannedNumber? Epochs { get; init; }
    public PlannedNumber? MaxStepsPerEpoch { get; init; }
    public PlannedNumber? WarmupSteps { get; init; }
    public PlannedNumber? ValidationSteps { get; init; }

    /// <summary>Processes that share each epoch's samples.</summary>
    public long Replicas { get; init; } = 1;

    /// <summary>What must be the same for another run to take as long, name → value.</summary>
    public ImmutableSortedDictionary<string, string> Alike { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>What must be the same beside that for another run to leave checkpoints of the same size.</summary>
    public ImmutableSortedDictionary<string, string> AlikeInSize { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Samples that one step of the optimizer sees; null: not known.</summary>
    public long? SamplesPerStep => BatchSize is { } batch && (double)batch.Value * (Accumulation?.Value ?? 1) * Replicas is <= Most and var samples ? (long)samples : null;

    /// <summary>No number of samples or steps is greater: it is a slip of the pen.</summary>
    internal const double Most = 1e15;

    /// <summary>Of every run of a plan whose backend says so.</summary>
    public static ImmutableArray<PlannedTraining> Of(Plan plan) => [.. plan.Runs.Select(run => plan.Configs.Resolved(run.Id) is { } tree ? Of(run.Id, tree) : null).OfType<PlannedTraining>()];

    /// <summary>Null where the backend says nothing of it.</summary>
    /// <param name="tree">The run's resolved configuration, or its frozen one.</param>
    public static PlannedTraining? Of(RunId run, ConfigNode.Mapping tree)
    {
        if (Merging.Find(tree, ["backend", "planning"]) is not ConfigNode.Mapping given) return null;
        // What looks like a placeholder in a path was escaped where jobs read it.
        var data = Text(given, "data") is { } path ? PlaceholderText.Parse(path) is { IsLiteral: true, Literal: var folder } ? folder : path : null;
        return new(run, (Merging.Find(tree, ["project", "run_name"]) ?? Merging.Find(tree, ["project", "evaluation", "point"]) ?? given).At)
        {
            Data = data,
            DataAt = given["data"]?.At ?? given.At,
            Field = Text(given, "field"),
            FieldAt = given["field"]?.At ?? SourceSpan.None,
            Uncountable = data is null ? "its backend names no data" : TorchtuneSteps.Uncountable(Text(given, "recipe"), Text(given, "loader"), Text(given, "packed"), Text(given, "replicas")),
            BatchSize = Number(tree, given, "batch_size"),
            Accumulation = Number(tree, given, "gradient_accumulation_steps"),
            Epochs = Number(tree, given, "epochs"),
            MaxStepsPerEpoch = Number(tree, given, "max_steps_per_epoch"),
            WarmupSteps = Number(tree, given, "num_warmup_steps"),
            ValidationSteps = Number(tree, given, "run_val_every_n_steps"),
            Replicas = TorchtuneSteps.Replicas(Text(given, "recipe"), Number(tree, given, "replicas")?.Value),
            Alike = Map(given["alike"]),
            AlikeInSize = Map(given["alike_in_size"]),
        };
    }

    /// <summary>The same of a configuration as it was frozen; null where it says nothing, or is no JSON.</summary>
    public static PlannedTraining? OfFrozen(RunId run, ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("backend", out var backend) && backend is { ValueKind: JsonValueKind.Object } && backend.TryGetProperty("planning", out var planning)
                ? Of(run, Wrapped("backend", Wrapped("planning", Node(planning)))) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether a person wrote it.</summary>
    internal static bool IsSaid(SourceSpan at) => at.File.Length > 0 && !at.IsBuiltIn;

    private static ConfigNode.Mapping Wrapped(string key, ConfigNode value) => new(SourceSpan.None, [new(key, SourceSpan.None, value)]);

    private static ConfigNode Node(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => new ConfigNode.Mapping(SourceSpan.None, [.. element.EnumerateObject().Select(static p => new ConfigEntry(p.Name, SourceSpan.None, Node(p.Value)))]),
        JsonValueKind.String => new ConfigNode.Scalar(SourceSpan.None, element.GetString()!, ScalarStyle.Quoted),
        _ => new ConfigNode.Scalar(SourceSpan.None, element.GetRawText(), ScalarStyle.Plain),
    };

    private static string? Text(ConfigNode.Mapping map, string key) => map[key] is ConfigNode.Scalar scalar && !ScalarValue.IsNull(scalar) ? scalar.Text : null;

    private static PlannedNumber? Number(ConfigNode.Mapping tree, ConfigNode.Mapping map, string key) =>
        map[key] is ConfigNode.Scalar scalar && long.TryParse(scalar.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < 1L << 40 ? new(number, Place(tree, map, key, scalar)) : null;

    /// <summary>An interpolation stands where it was written, and people look for the setting that it names: the same key in another section of the backend.</summary>
    private static SourceSpan Place(ConfigNode.Mapping tree, ConfigNode.Mapping planning, string key, ConfigNode.Scalar scalar) =>
        tree["backend"] is ConfigNode.Mapping backend && backend.Entries.Select(static e => e.Value).OfType<ConfigNode.Mapping>().FirstOrDefault(m => m != planning && m[key] is ConfigNode.Scalar other && other.Text == scalar.Text) is { } section
            ? section[key]!.At : scalar.At;

    /// <summary>Of a path the last part: experiments lie in folders of their own.</summary>
    private static ImmutableSortedDictionary<string, string> Map(ConfigNode? node) => node is not ConfigNode.Mapping map ? ImmutableSortedDictionary<string, string>.Empty
        : map.Entries.Where(static e => e.Value is ConfigNode.Scalar).GroupBy(static e => e.Key).ToImmutableSortedDictionary(static g => g.Key, static g => Canonical((ConfigNode.Scalar)g.Last().Value), StringComparer.Ordinal);

    /// <summary>The same for the same value, whichever way YAML or JSON spells it.</summary>
    private static string Canonical(ConfigNode.Scalar scalar) => ScalarValue.Of(scalar) switch
    {
        ScalarValue.Text or ScalarValue.Missing => scalar.Text is ['/', ..] path ? Path.GetFileName(path) : scalar.Text,
        var value => PythonText.Of(value),
    };
}

/// <summary>A whole number of the configuration, with its place.</summary>
public sealed record PlannedNumber(long Value, SourceSpan At);
