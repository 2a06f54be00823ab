using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Vigil.Configuration;
using Vigil.Spec;

namespace Vigil.Planning;

/// <summary>When a run may start and when it is over, beside what the scheduler says. Kept in the journal.</summary>
public sealed record Lifecycle
{
    /// <summary>All must pass before the run starts; looked at until they do.</summary>
    public ImmutableArray<Condition> Start { get; init; } = [];

    /// <summary>One that passes ends the run, before it starts or after.</summary>
    public ImmutableArray<Condition> Cancel { get; init; } = [];

    /// <summary>Between two looks at the start conditions; null: a few seconds.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TimeSpan? StartEvery { get; init; }

    /// <summary>A line of the user's shell that ends with 1, or prints it, when the run is done.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TerminationCommand { get; init; }

    /// <summary>A running job whose log is silent for so long hangs; null: silence means nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TimeSpan? Inactivity { get; init; }

    /// <summary>A running job whose step stands still for so long hangs; null: it may.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TimeSpan? NoProgress { get; init; }
}

/// <summary>Reads the lifecycle keys, which stand bare, under <c>job</c> or under <c>monitoring</c>.</summary>
internal static class LifecycleReader
{
    private static readonly string[] Sections = ["job", "monitoring"];

    public static string[] Keys { get; } =
        ["start_condition_interval_seconds", "termination_string", "termination_command", "inactivity_threshold_seconds", "no_progress_threshold_seconds"];

    /// <summary>Null when none is set.</summary>
    public static Lifecycle? Read(ConfigNode.Mapping tree, List<RulePlaceholder> placeholders, DiagnosticBag report)
    {
        var (start, cancel) = (Given(tree, Conditions.StartKeys), Given(tree, Conditions.CancelKeys));
        var (every, command) = (Find(tree, "start_condition_interval_seconds"), Find(tree, "termination_command"));
        var (silence, still) = (Find(tree, "inactivity_threshold_seconds"), Find(tree, "no_progress_threshold_seconds"));
        if (start.Count == 0 && cancel.Count == 0 && (every ?? command ?? silence ?? still) is null) return null;
        return new()
        {
            Start = [.. start.SelectMany(c => ReadAll(c.Key, c.Given, "the start condition"))],
            Cancel = [.. cancel.SelectMany(c => ReadAll(c.Key, c.Given, "the cancel condition"))],
            StartEvery = Span(every, "start_condition_interval_seconds"),
            TerminationCommand = Text(command, "termination_command"),
            Inactivity = Span(silence, "inactivity_threshold_seconds"),
            NoProgress = Span(still, "no_progress_threshold_seconds"),
        };

        IEnumerable<Condition> ReadAll(string key, ConfigNode given, string where)
        {
            var texts = new RuleTexts(where, [], placeholders);
            if (key != "start_condition_cmd") return new ConditionReader(texts, ConditionUse.Lifecycle, report).ReadAll(given);
            return Text(given, key) is { } line ? [new Condition.ShellCommand(texts.Take(line, given.At))] : [];
        }

        TimeSpan? Span(ConfigNode? node, string key)
        {
            if (node is null) return null;
            if (node is ConfigNode.Scalar scalar && ScalarValue.Of(scalar) is not ScalarValue.Bool && Duration.TryParse(scalar.Text, out var span)) return span;
            report.Error("RUL005", node.At, $"'{key}' must be a span of time ({Duration.Forms}), not {Binder.Describe(node)}");
            return null;
        }

        string? Text(ConfigNode? node, string key)
        {
            if (node is null or ConfigNode.Scalar) return (node as ConfigNode.Scalar)?.Text;
            report.Error("RUL005", node.At, $"'{key}' must be a text, not {Binder.Describe(node)}");
            return null;
        }
    }

    /// <summary>The rule that a text in a log means the end of the run; null where none does.</summary>
    public static Rule? Termination(ConfigNode.Mapping tree) => Find(tree, "termination_string") is ConfigNode.Scalar { Text.Length: > 0 } text
        ? new("termination_string", new Trigger.LogLine(new(PatternKind.Substring, text.Text)), [new(BindingMode.Inline, [], new RuleAction.Finish("TERMINATION_STRING"))]) { At = $"{text.At.File}:{text.At.Line}", Place = text.At }
        : null;

    private static List<(string Key, ConfigNode Given)> Given(ConfigNode.Mapping tree, string[] keys) => [.. Conditions.Of(tree, keys)];

    /// <summary>The nearest to the run wins: bare, then under <c>job</c>, then under <c>monitoring</c>.</summary>
    private static ConfigNode? Find(ConfigNode.Mapping tree, string key)
    {
        if (tree[key] is { } bare && !ScalarValue.IsNull(bare)) return bare;
        foreach (var section in Sections)
            if (tree[section] is ConfigNode.Mapping map && map[key] is { } given && !ScalarValue.IsNull(given)) return given;
        return null;
    }
}
