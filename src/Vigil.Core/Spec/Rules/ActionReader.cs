using System.Collections.Frozen;
using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Spec;

/// <summary>Reads actions in the documents' spelling and in the short one, with their gates.</summary>
/// <param name="channels">Those of <c>monitoring.notify</c>.</param>
internal sealed class ActionReader(RuleTexts texts, ImmutableArray<string> channels, DiagnosticBag report)
{
    private static readonly ImmutableArray<string> Beside = ["mode", "if", "conditions"];

    private static readonly ClassNames Names = new("action", new Dictionary<string, (string, string)>
    {
        ["restart"] = ("RestartAction", "reason"),
        ["cancel"] = ("CancelAction", "reason"),
        ["finish"] = ("FinishAction", "reason"),
        ["start_run"] = ("RunAutoexpAction", "overrides"),
        ["run"] = ("RunCommandAction", "command"),
        ["log"] = ("LogAction", "message"),
        ["append"] = ("AppendToFileAction", "path"),
        ["exclude_nodes"] = ("ExcludeNodesAction", "nodes"),
        ["publish"] = ("PublishEventAction", "event_name"),
        ["notify"] = ("NotifyAction", "message"),
    }.ToFrozenDictionary(StringComparer.Ordinal),
    [
        "EventAction", "RestartAction", "CancelAction", "FinishAction", "RunAutoexpAction", "StartRun", "StartRunAction", "RunCommandAction", "LogAction", "LogMessageAction",
        "AppendToFileAction", "ExcludeNodes", "ExcludeNodesAction", "PublishEventAction", "Notify", "NotifyAction",
    ]);

    public static ImmutableArray<string> Classes => Names.Classes;

    public static ImmutableArray<string> Words => Names.Words;

    private readonly ConditionReader _conditions = new(texts, ConditionUse.Gate, report);

    /// <summary>A list of actions; a single one counts as a list of one.</summary>
    /// <param name="gate">What all of them wait for.</param>
    public ImmutableArray<Binding> ReadAll(ConfigNode? node, ImmutableArray<Condition> gate) => node switch
    {
        null => [],
        ConfigNode.Sequence list => [.. list.Items.Select(item => Read(item, gate)).OfType<Binding>()],
        _ when ScalarValue.IsNull(node) => [],
        _ => Read(node, gate) is { } one ? [one] : [],
    };

    public ImmutableArray<Condition> Gate(ConfigNode? node) => _conditions.ReadAll(node);

    private Binding? Read(ConfigNode node, ImmutableArray<Condition> gate)
    {
        if (Names.Read(node, Beside, report) is not var (name, map)) return null;
        if (name == "EventAction") return ReadBound(new(map, name, report), gate);
        var mode = node is ConfigNode.Mapping outer ? Mode(outer["mode"]) : BindingMode.Inline;
        var own = node is ConfigNode.Mapping { } holder && !ReferenceEquals(holder, map) ? Gate(holder["if"] ?? holder["conditions"]) : [];
        var keys = new RuleKeys(map, name, report);
        if (ReferenceEquals(node, map)) keys.Ignore("mode");
        return Action(name, keys) is { } action ? new(mode, [.. gate, .. own], action) : null;
    }

    private Binding? ReadBound(RuleKeys keys, ImmutableArray<Condition> gate)
    {
        var mode = Mode(keys.Node("mode"));
        var conditions = Gate(keys.Node("conditions"));
        keys.Ignore("aux");
        var inner = keys.Node("action");
        keys.Finish();
        if (inner is null)
        {
            report.Error("RUL004", keys.At, "EventAction needs the key 'action'");
            return null;
        }
        if (Names.Read(inner, [], report) is not var (name, map)) return null;
        if (name == "EventAction")
        {
            report.Error("RUL003", inner.At, "an EventAction cannot hold another one", "give its conditions to the outer one");
            return null;
        }
        return Action(name, new(map, name, report)) is { } action ? new(mode, [.. gate, .. conditions], action) : null;
    }

    private BindingMode Mode(ConfigNode? node)
    {
        switch (node)
        {
            case null: return BindingMode.Inline;
            case ConfigNode.Scalar { Text: "inline" }: return BindingMode.Inline;
            case ConfigNode.Scalar { Text: "queue" }: return BindingMode.Queue;
            case ConfigNode.Scalar { Text: "ask" }: return BindingMode.Ask;
            case ConfigNode.Scalar { Text: "dry_run" }: return BindingMode.DryRun;
        }
        report.Error("RUL005", node.At, $"'mode' must be inline, queue, ask or dry_run, not {Binder.Describe(node)}");
        return BindingMode.Inline;
    }

    private RuleAction? Action(string name, RuleKeys keys)
    {
        RuleAction action = name switch
        {
            "RestartAction" => new RuleAction.Restart(Text(keys, "reason", ""), Cause(keys), keys.Flag("exclude_nodes", false) ? NodeBlame.Nodes : NodeBlame.None, Overrides(keys)),
            "CancelAction" => new RuleAction.Cancel(Text(keys, "reason", "")),
            "FinishAction" => new RuleAction.Finish(Text(keys, "reason", "")),
            "RunAutoexpAction" or "StartRun" or "StartRunAction" => Start(keys),
            "RunCommandAction" => Command(keys),
            "LogAction" or "LogMessageAction" => Log(keys),
            "AppendToFileAction" => Append(keys),
            "ExcludeNodes" or "ExcludeNodesAction" => new RuleAction.ExcludeNodes(Text(keys, "nodes", ""), keys.Span("for")),
            "PublishEventAction" => Publish(keys),
            _ => Notify(keys),
        };
        keys.Finish();
        return action;
    }

    private string Text(RuleKeys keys, string key, string whenAbsent) => keys.Scalar(key) is { } scalar ? texts.Take(scalar) : whenAbsent;

    private static FailureCause? Cause(RuleKeys keys) => keys.Word("cause", RestartSpec.KnownCauses) switch
    {
        "infrastructure" => FailureCause.Infrastructure,
        "timeout" => FailureCause.Timeout,
        "hang" => FailureCause.Hang,
        "numeric" => FailureCause.Numeric,
        "crash" => FailureCause.Crash,
        _ => null,
    };

    private RuleAction.StartRun Start(RuleKeys keys)
    {
        keys.Ignore("script", "no_monitor");
        return new(keys.Scalar("config_path") is { } path ? texts.Take(path) : RuleAction.StartRun.OwnConfig, Overrides(keys));
    }

    private ImmutableArray<string> Overrides(RuleKeys keys)
    {
        var overrides = keys.List("overrides");
        foreach (var item in overrides)
        {
            ActionOverride.Check(item.Text, item.At, report);
            texts.Take(item);
        }
        return [.. overrides.Select(static o => o.Text)];
    }

    private RuleAction.RunCommand Command(RuleKeys keys)
    {
        var words = CommandWords.Read(keys, "RunCommandAction", "for a line of shell write [bash, -c, 'LINE', bash, \"{field}\"]", texts, report);
        var dir = keys.Scalar("cwd") is { } cwd ? texts.Take(cwd) : null;
        return new([.. words.Select(texts.Take)], dir, keys.Word("on_crash", "repeat", "skip") is "repeat" ? OnCrash.Repeat : OnCrash.Skip, keys.Whole("tries", 3, least: 1));
    }

    private RuleAction.Log Log(RuleKeys keys)
    {
        keys.Ignore("level");
        return new(Text(keys, "message", ""));
    }

    private RuleAction.AppendToFile Append(RuleKeys keys)
    {
        keys.Ignore("create_parents");
        return new(texts.Take(keys.Needed("path"), keys.At), Text(keys, "content", "{match}"), keys.Flag("dedup", true) ? Repeats.Dropped : Repeats.Kept);
    }

    private RuleAction.Notify Notify(RuleKeys keys)
    {
        var to = keys.Scalar("to");
        if (to is { Text.Length: > 0 } && !channels.Contains(to.Text))
            report.Error("RUL091", to.At, $"there is no channel '{TextRules.Shorten(to.Text, 60)}'", channels.IsEmpty ? "name channels in monitoring.notify, such as: notify: {ops: {type: slack, url: \"${oc.env:SLACK_WEBHOOK_URL}\"}}" : Suggestion.Hint(to.Text, channels));
        else if (channels.IsEmpty)
            report.Warning("RUL092", keys.At, "this rule notifies, and monitoring.notify names no channel: the message is only kept with the events", "such as: notify: {ops: {type: slack, url: \"${oc.env:SLACK_WEBHOOK_URL}\"}}");
        return new(to?.Text ?? "", Text(keys, "message", ""));
    }

    private RuleAction.PublishEvent Publish(RuleKeys keys)
    {
        var fields = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in keys.Entries("metadata").Concat(keys.Entries("payload"))) fields[key] = texts.Take(value);
        return new(keys.Needed("event_name"), fields.ToImmutable());
    }
}
