using System.Collections.Immutable;
using System.Globalization;
using Vigil.Logs;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Monitoring;

/// <summary>
/// Tries the rules of a run on a log that is there. Decides as a watch over one running attempt would, and nothing is done: what an action needs of the
/// world (files, commands) is only named. The time is the log's own where its lines tell it.
/// </summary>
public sealed class RuleTrial
{
    private const string Node = "node-of-the-run";

    private readonly AttemptId _attempt;
    private readonly Func<string, bool> _isEcho;
    private readonly Lazy<RunProgress> _progress;   // only some rules ask what a trainer says of itself
    private readonly LogFile _file = new(0, "trial");
    private ExperimentState _state;
    private DateTimeOffset _now;
    private double? _stamp, _moved;      // the newest time in the log, and since when nothing that is counted goes on
    private long? _step;
    private long _motion;

    /// <param name="isEcho">Whether a line repeats what the tool itself or the run's configuration put into the log.</param>
    public RuleTrial(ExperimentHeader experiment, PlannedRun run, RuleSet rules, DateTimeOffset now, Func<string, bool> isEcho, Func<ProgressPacks> packs)
    {
        (_now, _isEcho, Rules) = (now, isEcho, rules);
        _attempt = new(run.Id, 1);
        Patterns = RulePatterns.All(rules);
        _progress = new(() => new(packs()) { Watch = new([.. from rule in rules.Rules let trigger = rule.When as Trigger.Metric where trigger is not null select new WatchedMetric(rule.Name, trigger.Name, trigger.Test)]) });
        run = run with { DependsOn = [], Watches = [], Slurm = null, Rules = rules.Id, Lifecycle = run.Lifecycle is { } own ? own with { Start = [], Cancel = [] } : null };
        _state = ExperimentState.Empty.Apply(new(1, now, "vigil", "trial",
        [
            new RunEvent.ExperimentPlanned(experiment), new RunEvent.RulesPlanned(rules), new RunEvent.RunPlanned(run),
            new RunEvent.EffectRequested("submit", new Effect.Submit([new(_attempt, LastCheckpoint: null)])),
            new RunEvent.EffectCompleted("submit", new EffectResult.Submitted([new(_attempt, new("1"), run.LogPath.Replace("%j", "1", StringComparison.Ordinal), "")])),
            new RunEvent.AttemptStarted(_attempt, now, Node),
        ]));
    }

    public RuleSet Rules { get; }

    /// <summary>What its lines are looked through for.</summary>
    public RulePatterns Patterns { get; }

    /// <summary>Whether every line must be read, and not only those with a text that a pattern needs.</summary>
    public bool NeedsEveryLine => Rules.Rules.Any(static r => r.When is Trigger.Metric or Trigger.CheckpointSeen or Trigger.Inactivity or Trigger.NoProgress);

    /// <summary>Rules about which a log alone says nothing.</summary>
    public IEnumerable<Rule> NotJudged => Rules.Rules.Where(static r => r.When is Trigger.StateChange or Trigger.At);

    /// <summary>Rules that only a log whose lines begin with a time tells of, and why; none where this log did.</summary>
    public IEnumerable<Rule> NotTimed => _stamp is null ? Rules.Rules.Where(static r => r.When is Trigger.Inactivity or Trigger.NoProgress) : [];

    /// <summary>A line that patterns match.</summary>
    public ImmutableArray<TriedMatch> Line(LogLine line, ImmutableArray<RuleHit> hits, LogFinding.Checkpoint? checkpoint = null)
    {
        Tell(line.Bytes);
        var (shown, offset) = (LineText.Shortened(line.Bytes), line.Offset);
        if (_isEcho(shown)) return [.. hits.Select(h => Unfired(Named(h.Rule), offset, shown, h.Fields, static (_, _) => (TriedOutcome.Echo, "the line repeats the configuration, the script or what Vigil itself says")))];
        var saved = checkpoint is null ? null : new SavedCheckpoint(checkpoint.Step, System.IO.Path.GetFullPath(checkpoint.Path, Run.Plan.WorkDir));
        return Tried(new Observation.LineSeen(_now, _attempt, _file, offset, shown, hits) { Checkpoint = saved }, offset, shown, hits);
    }

    /// <summary>Any line, where <see cref="NeedsEveryLine"/>.</summary>
    public ImmutableArray<TriedMatch> EveryLine(LogLine line, ImmutableArray<RuleHit> hits)
    {
        var checkpoint = _progress.Value.Read(line) as LogFinding.Checkpoint;
        var quiet = Quiet(line);
        if (_progress.Value.Motion != _motion) (_motion, _step, _moved) = (_progress.Value.Motion, _progress.Value.Step, _stamp);
        if (_progress.Value.Watch is { Hits.Count: > 0 } watch)
        {
            hits = [.. hits, .. watch.Hits.Select(MetricRules.Hit)];
            watch.Hits.Clear();
        }
        return hits.IsEmpty && checkpoint is null ? quiet : quiet.AddRange(Line(line, hits, checkpoint));
    }

    private RunRecord Run => _state.Runs[_attempt.Run.Value];

    private Rule Named(string name) => Rules.Rules.First(r => r.Name == name);

    /// <summary>A silence or a standstill that ended with this line, by the times that the lines tell.</summary>
    private ImmutableArray<TriedMatch> Quiet(LogLine line)
    {
        var before = _stamp;
        if (!Tell(line.Bytes) || before is not { } last) return [];
        var (silent, still) = (Span(last), _moved is { } moved ? Span(moved) : TimeSpan.Zero);
        var (least, leastStill) = Monitoring.Quiet.Thresholds(Rules, Run);
        if (!(silent >= least) && !(_step is not null && still >= leastStill)) return [];
        return Tried(new Observation.QuietSeen(_now, _attempt, silent, still, _step, line.Offset), line.Offset, LineText.Shortened(line.Bytes), []);
    }

    private TimeSpan Span(double since) => TimeSpan.FromSeconds(Math.Clamp(_stamp!.Value - since, 0, 1e9));

    /// <summary>Whether the line tells the time, which never goes back.</summary>
    private bool Tell(ReadOnlySpan<byte> line)
    {
        if (!LogStamp.TryRead(line, out var stamp)) return false;
        _stamp = Math.Max(_stamp ?? stamp, stamp);
        _now = DateTimeOffset.UnixEpoch.AddSeconds(_stamp.Value);
        return true;
    }

    private ImmutableArray<TriedMatch> Tried(Observation seen, long offset, string shown, ImmutableArray<RuleHit> hits)
    {
        var before = _state;
        var events = Decider.Decide(_state, seen);
        _state = _state.Apply(new(_state.Seq + 1, _now, "vigil", "trial", events));
        var tried = ImmutableArray.CreateBuilder<TriedMatch>();
        foreach (var fired in events.OfType<RunEvent.RuleFired>()) tried.Add(Fired(before, fired, offset, shown, events));
        foreach (var hit in hits)
            if (!tried.Any(t => t.Rule.Name == hit.Rule)) tried.Add(Unfired(Named(hit.Rule), offset, shown, hit.Fields, (binding, texts) => WhyNot(before, binding, texts, Named(hit.Rule))));
        return tried.DrainToImmutable();
    }

    private TriedMatch Fired(ExperimentState before, RunEvent.RuleFired fired, long offset, string shown, ImmutableArray<RunEvent> events)
    {
        var (rule, texts) = (Named(fired.Rule), new EventTexts(_state, Run, fired.Fields));
        var actions = rule.Do.Select((binding, i) =>
        {
            var (outcome, why) = fired.Actions.Contains(i) ? Outcome(fired.Firing, i, binding, texts, events) : (TriedOutcome.GateFails, null);
            return Action(before, rule, binding, texts, outcome, why);
        });
        return new(rule, offset, fired.Evidence.Offset is null ? fired.Evidence.Text : shown, Telling(rule, fired.Fields), [.. actions]);
    }

    /// <summary>A match of which nothing is recorded.</summary>
    private TriedMatch Unfired(Rule rule, long offset, string shown, ImmutableSortedDictionary<string, string> captured, Func<Binding, EventTexts, (TriedOutcome, string?)> why)
    {
        var fields = EventFields.Of(_state, Run, Run.LastKnown(_attempt)!, rule, $"{_attempt}/{rule.Name}@{Text(offset)}", _now, captured.SetItem("line", shown));
        var texts = new EventTexts(_state, Run, fields);
        var actions = rule.Do.Select(binding => why(binding, texts) is var (outcome, reason) ? Action(_state, rule, binding, texts, outcome, reason) : throw new System.Diagnostics.UnreachableException());
        return new(rule, offset, shown, Telling(rule, fields), [.. actions]);
    }

    private (TriedOutcome, string?) WhyNot(ExperimentState before, Binding binding, EventTexts texts, Rule rule)
    {
        var context = new GateContext(before, before.Runs[_attempt.Run.Value], texts, null, _now, _now);
        foreach (var metadata in binding.If.OfType<Condition.Metadata>())
            if (Gate.Metadata(metadata, context) is { Verdict: Verdict.Fail }) return (TriedOutcome.GateFails, null);
        return (TriedOutcome.Limited, rule.Limit?.Times is { } most ? string.Create(CultureInfo.InvariantCulture, $"the rule acts {most} times a run") : "it has fired too often to be recorded");
    }

    private (TriedOutcome, string?) Outcome(string firing, int action, Binding binding, EventTexts texts, ImmutableArray<RunEvent> events)
    {
        foreach (var e in events)
            switch (e)
            {
                case RunEvent.ActionSettled settled when settled.Firing == firing && settled.Action == action: return Settled(settled);
                case RunEvent.ActionAsked asked when asked.Firing == firing && asked.Action == action: return (TriedOutcome.WouldAsk, null);
                case RunEvent.ActionReopened opened when opened.Firing == firing && opened.Action == action: return (TriedOutcome.WouldAct, null);
            }
        return Gate.Probes(binding.If, Run, texts).IsEmpty ? (TriedOutcome.WouldWait, null) : (TriedOutcome.WouldLook, null);
    }

    private static (TriedOutcome, string?) Settled(RunEvent.ActionSettled settled) => settled.Outcome switch
    {
        ActionOutcome.GateFailed => (TriedOutcome.GateFails, settled.Note),
        ActionOutcome.Superseded => (TriedOutcome.Superseded, settled.Note),
        ActionOutcome.Limited => (TriedOutcome.Limited, settled.Note),
        ActionOutcome.Parked or ActionOutcome.Denied => (TriedOutcome.WouldAsk, settled.Note),
        _ => (TriedOutcome.WouldAct, null),
    };

    private TriedAction Action(ExperimentState before, Rule rule, Binding binding, EventTexts texts, TriedOutcome outcome, string? why)
    {
        var context = new GateContext(before, before.Runs[_attempt.Run.Value], texts, before.Runs[_attempt.Run.Value].Tally(rule.Name), _now, _now);
        var gates = binding.If.Select(condition =>
        {
            if (!Gate.Probes([condition], Run, texts).IsEmpty) return new TriedGate(ActionText.Of(condition, texts), GateVerdict.Look, null);
            var judged = Gate.All([condition], context, new());
            return new(ActionText.Of(condition, texts), judged.Verdict switch { Verdict.Pass => GateVerdict.Passes, Verdict.Wait => GateVerdict.Waits, _ => GateVerdict.Fails }, judged.Why.Length > 0 ? judged.Why : null);
        });
        return new(ActionText.Word(binding.Action), binding.Mode, ActionText.Of(binding.Action, texts, ActionOverride.TimeOf(_now)), [.. gates], outcome, why);
    }

    /// <summary>Without what every event has.</summary>
    private static ImmutableSortedDictionary<string, string> Telling(Rule rule, ImmutableSortedDictionary<string, string> fields) =>
        fields.RemoveRange(fields.Keys.Where(k => k == "line" || EventFields.OfEveryEvent.Contains(k) && !rule.Metadata.ContainsKey(k) && !rule.Extract.ContainsKey(k)));

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
