using System.Globalization;
using Vigil.Monitoring;
using Vigil.Spec;

namespace Vigil.Cli;

/// <summary>Matches for people: a block each, and a table of the rules at the end.</summary>
internal sealed class RulesReport(CliContext context) : IRulesOutput
{
    /// <summary>So many matches of a rule that does nothing are shown; the rest is counted.</summary>
    private const int MostOfIdle = 3;

    private readonly Dictionary<string, (long Matches, long Acts)> _tallies = new(StringComparer.Ordinal);

    public bool CountsLines => true;

    public void Take(TriedMatch match, long line)
    {
        var (matches, acts) = _tallies.GetValueOrDefault(match.Rule.Name);
        _tallies[match.Rule.Name] = (matches + 1, acts + (match.Fires.Any() ? 1 : 0));
        if (match.Rule.Do.IsEmpty && matches >= MostOfIdle) return;
        Say(string.Create(CultureInfo.InvariantCulture, $"{match.Rule.Name}  line {line}, byte {match.Offset}{(match.Rule.Says is { } says ? $", says {says.Text}" : "")}"));
        Say($"    {match.Line}");
        var fields = string.Join("  ", match.Fields.Where(static f => f.Key is not "match").Select(static f => $"{f.Key}={f.Value}"));
        if (fields.Length > 0) Say($"    {fields}");
        foreach (var action in match.Actions) Say(action);
        if (match.Rule.Do.IsEmpty && matches + 1 == MostOfIdle) Say("    (more of this rule, which does nothing, are only counted)");
    }

    public void End(RuleTrial trial)
    {
        if (_tallies.Count > 0) context.Out.WriteLine();
        var judged = trial.Rules.Rules.Except(trial.NotJudged).ToList();
        var width = judged.Select(static r => r.Name.Length).DefaultIfEmpty(4).Max();
        if (judged.Count > 0) Say($"{"rule".PadRight(width)}  {"matches",9}  {"would act",9}");
        foreach (var rule in judged)
        {
            var (matches, acts) = _tallies.GetValueOrDefault(rule.Name);
            Say(string.Create(CultureInfo.InvariantCulture, $"{rule.Name.PadRight(width)}  {matches,9}  {(rule.Do.IsEmpty ? "-" : acts),9}"));
        }
        TellNotJudged(context, trial);
    }

    public static void TellNotJudged(CliContext context, RuleTrial trial)
    {
        if (trial.NotJudged.ToList() is { Count: > 0 } others) context.Talk.WriteLine($"Not judged from a log: {Names(others)} ({(others.Count == 1 ? "it waits" : "they wait")} for a job's state or for the time).");
        if (trial.NotTimed.ToList() is { Count: > 0 } untimed) context.Talk.WriteLine($"Not judged: {Names(untimed)} (no line of this log tells the time).");
    }

    public void Dispose() { }

    private static string Names(IEnumerable<Rule> rules) => string.Join(", ", rules.Select(static r => r.Name));

    private void Say(TriedAction action)
    {
        Say($"    → {action.Text}");
        Say($"      {RulesWords.Sentence(action.Outcome)}{(action.Why is { } why ? $": {why}" : "")}{(action.Mode is BindingMode.Ask && action.Outcome is not TriedOutcome.WouldAsk ? " (mode: ask)" : "")}");
        foreach (var gate in action.Gates) Say($"      if {gate.Condition}: {RulesWords.Of(gate.Verdict).Replace('_', ' ')}{(gate.Why is { } said ? $" ({said})" : "")}");
    }

    private void Say(string line) => context.Out.WriteLine(LogText.Safe(line));
}
