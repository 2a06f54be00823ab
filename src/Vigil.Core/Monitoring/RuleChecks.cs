using System.Collections.Immutable;
using System.Text;
using Vigil.Configuration;
using Vigil.Logs;
using Vigil.Logs.Signatures;
using Vigil.Planning;
using Vigil.Rendering;
using Vigil.Spec;

namespace Vigil.Monitoring;

/// <summary>What can be said of the rules of a plan before anything runs, beyond how they are written. Once a set of rules, not once a run.</summary>
public static class RuleChecks
{
    private const int Longest = 100;

    public static void Check(Plan plan, DiagnosticBag report)
    {
        foreach (var (set, run) in FirstRuns(plan))
        {
            CheckSignatures(set, report);
            CheckEvents(set, report);
            CheckEcho(set, Printed(plan, run), run.Secrets(), report);
        }
    }

    /// <summary>Each set of rules with the first run under it.</summary>
    public static IEnumerable<(RuleSet Set, PlannedRun Run)> FirstRuns(Plan plan)
    {
        foreach (var set in plan.RuleSets)
            if (plan.Runs.FirstOrDefault(r => r.Rules == set.Id) is { } run) yield return (set, run);
    }

    /// <summary>The lines that a job prints of its own configuration: what is said outside of <c>monitoring</c>, and its command.</summary>
    public static IEnumerable<string> Printed(Plan plan, PlannedRun run)
    {
        var (inside, lines) = (false, plan.Configs.Find(run.Id)?.ResolvedYaml.Split('\n') ?? []);
        foreach (var line in lines)
        {
            if (line.Length > 0 && line[0] is not (' ' or '-' or '#')) inside = line.StartsWith("monitoring:", StringComparison.Ordinal);
            if (!inside && !line.AsSpan().TrimStart().StartsWith("termination_string:", StringComparison.Ordinal)) yield return line;
        }
        foreach (var line in CommandPreview.Of(run).Split('\n')) yield return line;
    }

    private static void CheckSignatures(RuleSet set, DiagnosticBag report)
    {
        foreach (var rule in set.Rules)
            if (rule.When is Trigger.Signature { Name: var name } && !SignaturePack.BuiltIn.Signatures.Any(s => s.Name == name))
                report.Error("RUL019", rule.Place, $"there is no signature '{name}'", Suggestion.Hint(name, [.. SignaturePack.BuiltIn.Signatures.Select(static s => s.Name).Order(StringComparer.Ordinal)]));
    }

    private static void CheckEvents(RuleSet set, DiagnosticBag report)
    {
        var published = set.Rules.SelectMany(static r => r.Do).Select(static b => b.Action).OfType<RuleAction.PublishEvent>().Select(static p => p.Event).Distinct().ToList();
        foreach (var rule in set.Rules)
            if (rule.When is Trigger.Published { Event: var name } && !published.Contains(name))
                report.Warning("RUL021", rule.Place, $"the rule '{rule.Name}' waits for the event '{name}', which no rule publishes", Suggestion.Hint(name, published) ?? $"such as: do: {{publish: {name}}}");
    }

    private static void CheckEcho(RuleSet set, IEnumerable<string> lines, SecretValues secrets, DiagnosticBag report)
    {
        var patterns = RulePatterns.Of(set);
        if (patterns.Set.Patterns.IsEmpty) return;
        var (told, found) = (new HashSet<string>(StringComparer.Ordinal), new List<int>());
        foreach (var line in lines)
        {
            var bytes = Encoding.UTF8.GetBytes(line);
            found.Clear();
            patterns.Set.Match(bytes, found);
            foreach (var pattern in found)
                if (patterns.Hit(pattern, bytes) is not null && patterns.Rule(pattern) is { Do.IsEmpty: false } rule && told.Add(rule.Name))
                    report.Warning("RUL014", rule.Place, $"the rule '{rule.Name}' matches a line of the experiment's own configuration, '{Shown(secrets.Hide(line))}', which a job may print",
                        "let the pattern require what only the event prints, such as the words around it or a number");
        }
    }

    /// <summary>Whether an action's conditions on what the rule itself says of its events never hold, whatever happens.</summary>
    public static bool IsRuledOut(Rule rule, Binding binding) => binding.If.Any(condition => NeverHolds(rule, condition));

    private static bool IsOfTheLine(Rule rule, string field) =>
        rule.Extract.ContainsKey(field) || rule.When is Trigger.LogLine { Pattern: { Kind: PatternKind.Regex } pattern } && PatternText.Groups(pattern).Contains(field);

    private static bool NeverHolds(Rule rule, Condition condition) => condition switch
    {
        Condition.All all => all.Of.Any(one => NeverHolds(rule, one)),
        Condition.Any any => any.Of.All(one => NeverHolds(rule, one)),
        Condition.Metadata metadata => !IsOfTheLine(rule, metadata.Key) && rule.Metadata.TryGetValue(metadata.Key, out var value) && !Gate.IsWithin(metadata, value),
        _ => false,
    };

    private static string Shown(string line) => TextRules.Shorten(line.Trim(), Longest);

    /// <summary>The overrides of an action with every placeholder filled: what the plan knows with its values, what an event brings with a number.</summary>
    public static ImmutableArray<string> Filled(PlannedRun run, ExperimentHeader experiment, ImmutableArray<string> overrides, DateTimeOffset now)
    {
        var texts = new EventTexts(ExperimentState.Empty with { Experiment = experiment }, new() { Plan = run, State = new RunState.Waiting(null), AllowedAttempts = 1 }, null);
        return [.. overrides.Select(o => ActionOverride.Fill(o, name => texts.Value(name) is { Length: > 0 } known ? known : "1", ActionOverride.TimeOf(now), SourceSpan.None, new DiagnosticBag())).OfType<string>()];
    }
}
