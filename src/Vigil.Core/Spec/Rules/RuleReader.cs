using System.Collections.Immutable;
using System.Globalization;
using Vigil.Configuration;

namespace Vigil.Spec;

/// <summary>The rules of a configuration, and what their texts need.</summary>
internal sealed record ReadRules(ImmutableArray<Rule> Rules, ImmutableArray<RulePlaceholder> Placeholders)
{
    public static ReadRules None { get; } = new([], []);
}

/// <summary>Reads the section <c>monitoring</c>: <c>log_events</c> and <c>state_events</c> as the documents spell them, and <c>rules</c> in the short form.</summary>
/// <param name="channels">What notifications may name.</param>
internal sealed class RuleReader(ImmutableArray<string> channels, DiagnosticBag report)
{
    private readonly List<RulePlaceholder> _placeholders = [];
    private readonly Dictionary<string, SourceSpan> _names = new(StringComparer.Ordinal);

    public static ReadRules Read(ConfigNode.Mapping monitoring, DiagnosticBag report)
    {
        var reader = new RuleReader(ChannelReader.Names(monitoring), report);
        ImmutableArray<Rule> rules =
        [
            .. Items(monitoring, "log_events", report).Select(reader.LogEvent).OfType<Rule>(),
            .. Items(monitoring, "state_events", report).Select(reader.StateEvent).OfType<Rule>(),
            .. Items(monitoring, "rules", report).Select(reader.Short).OfType<Rule>(),
        ];
        if (!ChannelReader.Names(monitoring).IsEmpty && !rules.Any(static r => r.When is Trigger.StateChange { To: { } to } && to == States.NeedsPerson)) rules = rules.Add(Alarm);
        return new(IsDryRun(monitoring, report) ? [.. rules.Select(OnlySaid)] : rules, [.. reader._placeholders]);
    }

    /// <summary>Whoever has channels is told of a run that ended in a crash loop or used up its budget, without a rule of their own.</summary>
    private static Rule Alarm { get; } = new("needs_person", new Trigger.StateChange(null, States.NeedsPerson), [new(BindingMode.Inline, [], new RuleAction.Notify("", "{job_name} needs a person ({reason}): {ends}"))]);

    /// <summary>The key with which all rules of a run watch, tell what they would do, and do nothing.</summary>
    private static bool IsDryRun(ConfigNode.Mapping monitoring, DiagnosticBag report)
    {
        if (monitoring["dry_run"] is not { } node || ScalarValue.IsNull(node)) return false;
        if (node is ConfigNode.Scalar scalar && ScalarValue.Of(scalar) is ScalarValue.Bool { Value: var flag }) return flag;
        report.Error("RUL005", node.At, $"'monitoring.dry_run' must be true or false, not {Binder.Describe(node)}");
        return false;
    }

    private static Rule OnlySaid(Rule rule) => rule with { Do = [.. rule.Do.Select(static b => b with { Mode = BindingMode.DryRun })] };

    private static IEnumerable<ConfigNode.Mapping> Items(ConfigNode.Mapping monitoring, string key, DiagnosticBag report)
    {
        if (monitoring[key] is not { } node || ScalarValue.IsNull(node)) yield break;
        if (node is not ConfigNode.Sequence list)
        {
            report.Error("RUL001", node.At, $"'monitoring.{key}' must be a list of rules, not {Binder.Describe(node)}");
            yield break;
        }
        foreach (var item in list.Items)
            if (item is ConfigNode.Mapping map) yield return map;
            else report.Error("RUL001", item.At, $"a rule of 'monitoring.{key}' must be a mapping, not {Binder.Describe(item)}");
    }

    private Rule? LogEvent(ConfigNode.Mapping map)
    {
        var keys = new RuleKeys(map, "the log event", report);
        var name = Name(keys, keys.Needed("name"));
        var trigger = LogTrigger(keys);
        var rule = Finish(keys, name, trigger, says: States.Says(keys, report), static (k, actions) => actions.ReadAll(k.Node("actions") ?? k.Node("action"), actions.Gate(k.Node("condition"))));
        return trigger is null ? null : rule;
    }

    private Trigger? LogTrigger(RuleKeys keys)
    {
        switch (keys.Word("pattern_type", "regex", "substring", "inactivity"))
        {
            case "inactivity":
                keys.Ignore("pattern");
                keys.Ignore("inactivity_polls");
                return new Trigger.Inactivity(keys.Span("inactivity_timeout_s"));
            case var kind:
                if (keys.Needed("pattern") is not { Length: > 0 } text) return null;
                var pattern = new LinePattern(kind is "substring" ? PatternKind.Substring : PatternKind.Regex, text);
                return PatternText.Check(pattern, keys.Scalar("pattern")!.At, report) ? new Trigger.LogLine(pattern) : null;
        }
    }

    private Rule? StateEvent(ConfigNode.Mapping map)
    {
        var keys = new RuleKeys(map, "the state event", report);
        var name = keys.Needed("name");
        var trigger = StateTrigger(keys, name);
        return Finish(keys, Name(keys, name), trigger, States.Says(keys, report), static (k, actions) => actions.ReadAll(k.Node("actions") ?? k.Node("action"), actions.Gate(k.Node("condition"))));
    }

    private Trigger? StateTrigger(RuleKeys keys, string name)
    {
        if (keys.Node("transition") is { } given)
        {
            if (given is ConfigNode.Sequence { Items: [ConfigNode.Scalar from, ConfigNode.Scalar to] })
                return new Trigger.StateChange(ScalarValue.IsNull(from) ? null : States.Read(from, report), ScalarValue.IsNull(to) ? null : States.Read(to, report));
            keys.Refuse("transition", given, "two states, such as [running, failed]; null is any");
            return null;
        }
        if (name == "stall") return new Trigger.Inactivity(For: null);
        if (States.Classes.Contains(name)) return new Trigger.StateChange(null, new(name));
        if (name.Length > 0) report.Error("RUL008", keys.Scalar("name")!.At, $"the state event '{name}' is none of {string.Join(", ", States.Classes)}, and has no 'transition'", Suggestion.Hint(name, States.Classes));
        return null;
    }

    private Rule? Short(ConfigNode.Mapping map)
    {
        var keys = new RuleKeys(map, "the rule", report);
        if (keys.Node("when") is not { } when)
        {
            report.Error("RUL004", map.At, "a rule needs the key 'when'", "such as: when: {no_progress: 20m}, or a pattern of the log");
            return null;
        }
        var trigger = new TriggerReader(report).Read(when);
        if (keys.Node("do") is null) report.Error("RUL004", map.At, "a rule needs the key 'do'", "such as: do: cancel");
        var name = Name(keys, keys.Text("name") ?? string.Create(CultureInfo.InvariantCulture, $"rule{_names.Count + 1}"));
        return Finish(keys, name, trigger, says: null, static (k, actions) => actions.ReadAll(k.Node("do"), actions.Gate(k.Node("if"))));
    }

    private Rule? Finish(RuleKeys keys, string name, Trigger? trigger, StateWord? says, Func<RuleKeys, ActionReader, ImmutableArray<Binding>> actions)
    {
        var metadata = keys.Entries("metadata").ToImmutableSortedDictionary(static e => e.Key, static e => PythonText.Of(ScalarValue.Of(e.Value)), StringComparer.Ordinal);
        var extract = Extract(keys, trigger);
        var fields = extract.Keys.Concat(metadata.Keys).Concat(trigger is Trigger.LogLine { Pattern: { Kind: PatternKind.Regex } pattern } ? Groups(pattern) : []).ToImmutableHashSet();
        var texts = new RuleTexts($"the rule '{name}'", fields, _placeholders);
        var bindings = actions(keys, new ActionReader(texts, channels, report));
        var limit = Limit(keys);
        keys.Ignore("match_once");
        keys.Finish();
        if (trigger is null) return null;
        return new(name, trigger, bindings) { Says = says, Metadata = metadata, Extract = extract, Limit = limit, At = $"{keys.At.File}:{keys.At.Line}", Place = keys.At };
    }

    private string Name(RuleKeys keys, string name)
    {
        keys.Ignore("name");
        if (name.Length > 0 && !_names.TryAdd(name, keys.At)) report.Error("RUL002", keys.At, $"there are two rules called '{name}'", $"the other one: {_names[name]}");
        return name;
    }

    private ImmutableSortedDictionary<string, string> Extract(RuleKeys keys, Trigger? trigger)
    {
        var extract = keys.Entries("extract_groups").Concat(keys.Entries("extract")).ToList();
        if (extract.Count == 0) return ImmutableSortedDictionary<string, string>.Empty;
        if (trigger is Trigger.LogLine { Pattern: { Kind: PatternKind.Regex } pattern })
        {
            var groups = Groups(pattern);
            foreach (var (_, group) in extract)
                if (group.Text != "match" && !groups.Contains(group.Text))
                    report.Error("RUL012", group.At, $"the pattern has no group '{group.Text}'", groups is [] ? "name one in it: (?P<step>\\d+)" : Suggestion.Hint(group.Text, [.. groups, "match"]));
        }
        else if (trigger is not null)
            foreach (var (_, group) in extract.Where(static e => e.Value.Text != "match"))
                report.Error("RUL012", group.At, $"'{group.Text}' names a group, and only a pattern of the type regex has groups", "match is the whole of what matched");
        return extract.ToImmutableSortedDictionary(static e => e.Key, static e => e.Value.Text, StringComparer.Ordinal);
    }

    /// <summary>Names of the groups, and their numbers as Python counts them; 0 is the whole match.</summary>
    private static string[] Groups(LinePattern pattern)
    {
        var names = PatternText.Groups(pattern);
        return [.. names, .. Enumerable.Range(0, names.Length + 1).Select(static n => n.ToString(CultureInfo.InvariantCulture))];
    }

    private RuleLimit? Limit(RuleKeys keys)
    {
        switch (keys.Node("limit"))
        {
            case null: return null;
            case ConfigNode.Scalar: return new(keys.Whole("limit", 1, least: 1), Every: null);
            case ConfigNode.Mapping map:
                var inner = new RuleKeys(map, "'limit'", report);
                var limit = new RuleLimit(inner.Node("times") is null ? null : inner.Whole("times", 1, least: 1), inner.Span("every"));
                inner.Finish();
                return limit;
            case { } other:
                keys.Refuse("limit", other, "a number of times, or {times: 3, every: 10m}");
                return null;
        }
    }
}
