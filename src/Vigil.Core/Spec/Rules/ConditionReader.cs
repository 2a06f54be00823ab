using System.Collections.Frozen;
using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Spec;

/// <summary>What a condition is for: whether it is waited for without end.</summary>
internal enum ConditionUse
{
    /// <summary>Before an action: what it waits for comes soon or not at all.</summary>
    Gate,
    /// <summary>Before a run starts, or to cancel it: as long as it takes.</summary>
    Lifecycle,
}

/// <summary>Reads conditions in the documents' spelling and in the short one.</summary>
internal sealed class ConditionReader(RuleTexts texts, ConditionUse use, DiagnosticBag report)
{
    /// <summary>The documents' own default for a file that is waited for.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(600);

    private static readonly ClassNames Names = new("condition", new Dictionary<string, (string, string)>
    {
        ["file_exists"] = ("FileExistsCondition", "path"),
        ["glob_exists"] = ("GlobExistsCondition", "pattern"),
        ["file_content"] = ("FileContentCondition", "path"),
        ["metadata"] = ("MetadataCondition", "key"),
        ["attempts_below"] = ("MaxAttemptsCondition", "max_attempts"),
        ["cooldown"] = ("CooldownCondition", "cooldown_seconds"),
        ["command"] = ("CommandCondition", "command"),
        ["shell"] = ("ShellCommandCondition", "command"),
        ["checkpoint"] = ("CheckpointCondition", "path"),
        ["log"] = ("LogPatternCondition", "pattern"),
        ["state"] = ("SlurmStateCondition", "state"),
        ["all"] = ("AndCondition", "conditions"),
        ["any"] = ("OrCondition", "conditions"),
        ["not"] = ("NotCondition", "condition"),
    }.ToFrozenDictionary(StringComparer.Ordinal),
    [
        "AlwaysTrueCondition", "MaxAttemptsCondition", "CooldownCondition", "FileExistsCondition", "BlockingFileExistsCondition", "GlobExistsCondition", "FileContentCondition",
        "CommandCondition", "ShellCommandCondition", "MetadataCondition", "SlurmStateCondition", "LogPatternCondition", "CheckpointCondition", "TimeoutCondition", "CompositeCondition", "AndCondition",
        "OrCondition", "NotCondition",
    ]);

    public static ImmutableArray<string> Classes => Names.Classes;

    public static ImmutableArray<string> Words => Names.Words;

    /// <summary>A list of conditions, all of which must pass; a single one counts as a list of one.</summary>
    public ImmutableArray<Condition> ReadAll(ConfigNode? node) => node switch
    {
        null => [],
        ConfigNode.Sequence list => [.. list.Items.Select(Read).OfType<Condition>()],
        _ when ScalarValue.IsNull(node) => [],
        _ => Read(node) is { } one ? [one] : [],
    };

    private Condition? Read(ConfigNode node)
    {
        if (Names.Read(node, [], report) is not var (name, map)) return null;
        var keys = new RuleKeys(map, name, report);
        var condition = Read(name, keys);
        keys.Ignore("message", "note");
        foreach (var latch in (string[])["persistent_pass", "persistent_fail"])
            if (keys.Flag(latch, whenAbsent: false))
                report.Warning("RUL020", keys.Scalar(latch)!.At, $"'{latch}' has no effect: all conditions of a gate are judged together, on what one look found", "what must hold only once: a rule that publishes an event, and a rule that waits for it");
        keys.Finish();
        return condition;
    }

    private Condition? Read(string name, RuleKeys keys) => name switch
    {
        "AlwaysTrueCondition" => new Condition.Always(),
        "MaxAttemptsCondition" => new Condition.MaxAttempts(keys.Whole("max_attempts", 1, least: 0)),
        "CooldownCondition" => new Condition.Cooldown(keys.Span("cooldown_seconds") ?? TimeSpan.FromSeconds(60)),
        "FileExistsCondition" or "BlockingFileExistsCondition" => Waited(keys, new Condition.FileExists(Path(keys, "path"), keys.Span("stable_for"), keys.Span("min_age"))),
        "GlobExistsCondition" => Waited(keys, new Condition.GlobExists(Path(keys, "pattern"), keys.Whole("min_matches", 1, least: 0))),
        "FileContentCondition" => Waited(keys, Content(keys)),
        "CommandCondition" => Command(keys),
        "ShellCommandCondition" => new Condition.ShellCommand(texts.Take(keys.Needed("command"), keys.At)),
        "MetadataCondition" => Metadata(keys),
        "SlurmStateCondition" => new Condition.SlurmState(texts.Take(keys.Text("job_name") ?? "", keys.At), States.Read(keys, "state", "FAILED", report)),
        "LogPatternCondition" => Tail(keys),
        "CheckpointCondition" => Waited(keys, Checkpoint(keys)),
        "TimeoutCondition" => new Condition.Until(keys.Span("timeout_seconds") ?? Patience),
        "CompositeCondition" => keys.Word("mode", "all", "any") is "any" ? new Condition.Any(ReadAll(keys.Node("conditions"))) : new Condition.All(ReadAll(keys.Node("conditions"))),
        "AndCondition" => new Condition.All(ReadAll(keys.Node("conditions"))),
        "OrCondition" => new Condition.Any(ReadAll(keys.Node("conditions"))),
        _ => keys.Node("condition") is { } inner ? Read(inner) is { } negated ? new Condition.Negated(negated) : null : Missing(keys),
    };

    private Condition? Missing(RuleKeys keys)
    {
        report.Error("RUL004", keys.At, "NotCondition needs the key 'condition'");
        return null;
    }

    private string Path(RuleKeys keys, string key) => texts.Take(keys.Needed(key), keys.Scalar(key)?.At ?? keys.At);

    private Condition Waited(RuleKeys keys, Condition condition)
    {
        keys.Ignore("blocking");
        var (timeout, every) = (keys.Span("timeout_seconds") ?? (use is ConditionUse.Gate ? Patience : null), keys.Span("poll_interval_seconds"));
        return timeout is null && every is null ? condition : new Condition.Patient(condition, timeout, every);
    }

    private Condition.FileContent Content(RuleKeys keys)
    {
        var kind = keys.Word("mode", "contains", "regex") is "regex" ? PatternKind.Regex : PatternKind.Substring;
        return new(Path(keys, "path"), Pattern(keys, kind));
    }

    private Condition.LogTail Tail(RuleKeys keys) =>
        new(texts.Take(keys.Text("log_path") ?? "{log_path_current}", keys.At), Pattern(keys, PatternKind.Regex), keys.Whole("tail_lines", 1000, least: 1));

    private LinePattern Pattern(RuleKeys keys, PatternKind kind)
    {
        var pattern = new LinePattern(kind, keys.Needed("pattern"));
        if (pattern.Text.Length > 0) PatternText.Check(pattern, keys.Scalar("pattern")!.At, report);
        return pattern;
    }

    private Condition.CheckpointWhole Checkpoint(RuleKeys keys)
    {
        var condition = new Condition.CheckpointWhole(Path(keys, "path"), texts.Take(keys.Text("of") ?? "", keys.At)) { IsBest = keys.Flag("best", whenAbsent: false) };
        if (condition is { IsBest: true, Run: "" }) report.Error("RUL004", keys.At, "a CheckpointCondition with 'best' needs the key 'of'", "the run whose losses on held-out data tell which of its epochs is the best: of: \"{sibling.train.name}\"");
        return condition;
    }

    private Condition.Command Command(RuleKeys keys) => new([.. CommandWords.Read(keys, "CommandCondition", remedy: null, texts, report).Select(texts.Take)]);

    private Condition.Metadata Metadata(RuleKeys keys)
    {
        var key = keys.Needed("key");
        var values = keys.Scalar("equals") is { } equals ? [equals] : keys.List("within");
        if (values.IsEmpty) report.Error("RUL004", keys.At, "MetadataCondition needs 'equals' or 'within'");
        return new(key, [.. values.SelectMany(Allowed)]);
    }

    /// <summary>A rule's own metadata says true as Python does, and a log as it likes.</summary>
    private static IEnumerable<FieldValue> Allowed(ConfigNode.Scalar value) => ScalarValue.Of(value) switch
    {
        ScalarValue.Whole or ScalarValue.Real => [new(value.Text, FieldType.Number)],
        ScalarValue.Bool flag => [new(value.Text, FieldType.Text), new(PythonText.Of(flag), FieldType.Text)],
        _ => [new(value.Text, FieldType.Text)],
    };
}
