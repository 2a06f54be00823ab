using System.Collections.Immutable;
using System.Globalization;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Monitoring;

/// <summary>What a condition says just now.</summary>
internal enum Verdict { Pass, Wait, Fail }

/// <param name="Why">Empty where there is nothing to say.</param>
internal readonly record struct Judgement(Verdict Verdict, string Why = "")
{
    /// <summary>Whether it fails for good: no later look can pass.</summary>
    public bool IsFinal { get; init; }

    /// <summary>The epoch that it passes for, where which one was open.</summary>
    public JudgedEpoch? Best { get; init; }

    public static Judgement Pass(string why = "") => new(Verdict.Pass, why);
    public static Judgement Wait(string why) => new(Verdict.Wait, why);
    public static Judgement Fail(string why) => new(Verdict.Fail, why);
}

/// <summary>What a condition is judged in.</summary>
/// <param name="Fill">Fills the placeholders of a text.</param>
/// <param name="Since">When it was first looked at.</param>
internal sealed record GateContext(ExperimentState State, RunRecord Run, EventTexts Fill, RuleTally? Tally, DateTimeOffset Since, DateTimeOffset Now);

/// <summary>Judges conditions on what was found. Pure: what has to be found is asked for by <see cref="Probes"/>, and answered in the same order.</summary>
internal static class Gate
{
    /// <summary>What must be found out before these conditions can be judged.</summary>
    public static ImmutableArray<Probe> Probes(ImmutableArray<Condition> conditions, RunRecord run, EventTexts fill)
    {
        var probes = ImmutableArray.CreateBuilder<Probe>();
        foreach (var condition in conditions) Ask(condition, run, fill, probes);
        return probes.DrainToImmutable();
    }

    /// <summary>Between two looks: the shortest that one of them asks for.</summary>
    public static TimeSpan? Every(ImmutableArray<Condition> conditions) => conditions.Select(Every).Min();

    /// <summary>All must pass: the first that waits, else the first that fails, speaks for them.</summary>
    public static Judgement All(ImmutableArray<Condition> conditions, GateContext context, Queue<ProbeAnswer> answers)
    {
        Judgement? waits = null, fails = null;
        JudgedEpoch? best = null;
        foreach (var condition in conditions)
        {
            var judged = Judge(condition, context, answers);
            best ??= judged.Best;
            if (judged.Verdict is Verdict.Wait) waits ??= judged;
            if (judged.Verdict is Verdict.Fail && (fails is null || judged.IsFinal)) fails = judged;
        }
        // One that can never pass ends the waiting for the others.
        return fails ?? waits ?? Judgement.Pass() with { Best = best };
    }

    /// <summary>One that passes suffices.</summary>
    public static Judgement Any(ImmutableArray<Condition> conditions, GateContext context, Queue<ProbeAnswer> answers)
    {
        Judgement? passes = null, waits = null, fails = null;
        foreach (var condition in conditions)
        {
            var judged = Judge(condition, context, answers);
            if (judged.Verdict is Verdict.Pass) passes ??= judged;
            if (judged.Verdict is Verdict.Wait) waits ??= judged;
            // Any may still pass while one of them may.
            if (judged.Verdict is Verdict.Fail) fails = fails is { } first ? first with { IsFinal = first.IsFinal && judged.IsFinal } : judged;
        }
        return passes ?? waits ?? fails ?? Judgement.Fail("there is no condition");
    }

    private static void Ask(Condition condition, RunRecord run, EventTexts fill, ImmutableArray<Probe>.Builder probes)
    {
        switch (condition)
        {
            case Condition.FileExists file: probes.Add(new Probe.File(fill.Path(file.Path))); break;
            case Condition.CheckpointWhole checkpoint: probes.Add(CheckpointGate.Probe(checkpoint, fill)); break;
            case Condition.GlobExists glob: probes.Add(new Probe.Glob(fill.Path(glob.Pattern))); break;
            case Condition.FileContent content: probes.Add(new Probe.Content(fill.Path(content.Path), content.Pattern)); break;
            case Condition.LogTail tail: probes.Add(new Probe.Tail(fill.Path(tail.Path), tail.Pattern, tail.TailLines)); break;
            case Condition.Command command: probes.Add(new Probe.Command([.. command.Words.Select(fill.Text)], run.Plan.WorkDir)); break;
            case Condition.ShellCommand shell: probes.Add(new Probe.Shell(fill.Shell(shell.Line), run.Plan.WorkDir)); break;
            case Condition.All all: foreach (var inner in all.Of) Ask(inner, run, fill, probes); break;
            case Condition.Any any: foreach (var inner in any.Of) Ask(inner, run, fill, probes); break;
            case Condition.Negated negated: Ask(negated.Of, run, fill, probes); break;
            case Condition.Patient patient: Ask(patient.Of, run, fill, probes); break;
        }
    }

    private static TimeSpan? Every(Condition condition) => condition switch
    {
        Condition.Patient patient => Shorter(patient.Every, Every(patient.Of)),
        Condition.All all => all.Of.Select(Every).Min(),
        Condition.Any any => any.Of.Select(Every).Min(),
        Condition.Negated negated => Every(negated.Of),
        _ => null,
    };

    private static TimeSpan? Shorter(TimeSpan? a, TimeSpan? b) => a is null || b < a ? b : a;

    private static Judgement Judge(Condition condition, GateContext context, Queue<ProbeAnswer> answers) => condition switch
    {
        Condition.Always => Judgement.Pass(),
        Condition.MaxAttempts most => context.Run.Attempts.Length < most.Max ? Judgement.Pass() : Judgement.Fail($"attempt {context.Run.Attempts.Length} of {most.Max}"),
        Condition.Cooldown cooldown => context.Tally?.Acted is { } acted && context.Now - acted < cooldown.For ? Judgement.Wait($"the rule acted {Duration.Text(context.Now - acted)} ago") : Judgement.Pass(),
        Condition.FileExists file => File(file, context, answers.Dequeue()),
        Condition.CheckpointWhole checkpoint => CheckpointGate.Judge(checkpoint, context, answers.Dequeue()),
        Condition.GlobExists glob => answers.Dequeue() is ProbeAnswer.Count { Matches: var found } ? found >= glob.MinMatches ? Judgement.Pass() : Judgement.Wait($"{found} files match") : Judgement.Wait("the folder cannot be read"),
        Condition.FileContent or Condition.LogTail => Line(answers.Dequeue(), condition is Condition.LogTail ? Verdict.Fail : Verdict.Wait),
        Condition.Command => Exit(answers.Dequeue(), Output.IsIgnored),
        Condition.ShellCommand => Exit(answers.Dequeue(), Output.Counts),
        Condition.Metadata metadata => Metadata(metadata, context),
        Condition.SlurmState state => State(state, context),
        Condition.Until until => context.Now - context.Since < until.For ? Judgement.Pass() : Judgement.Fail($"{Duration.Text(until.For)} are over"),
        Condition.All all => All(all.Of, context, answers),
        Condition.Any any => Any(any.Of, context, answers),
        Condition.Negated negated => Judge(negated.Of, context, answers) is { Verdict: Verdict.Pass } passed ? Judgement.Fail(passed.Why) : Judgement.Pass(),
        Condition.Patient patient => Patient(patient, context, answers),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static Judgement Patient(Condition.Patient patient, GateContext context, Queue<ProbeAnswer> answers)
    {
        var judged = Judge(patient.Of, context, answers);
        return judged.Verdict is Verdict.Wait && patient.Timeout is { } most && context.Now - context.Since >= most ? Judgement.Fail($"{judged.Why}; waited {Duration.Text(most)}") : judged;
    }

    private static Judgement File(Condition.FileExists file, GateContext context, ProbeAnswer answer) => answer switch
    {
        ProbeAnswer.Found found when file.StableFor is { } stable && context.Now - found.UnchangedSince < stable => Judgement.Wait($"its size has not been the same for {Duration.Text(stable)}"),
        ProbeAnswer.Found found when file.MinAge is { } age && context.Now - found.Modified < age => Judgement.Wait($"it is younger than {Duration.Text(age)}"),
        ProbeAnswer.Found => Judgement.Pass(),
        ProbeAnswer.Unknown unknown => Judgement.Wait(unknown.Why),
        _ => Judgement.Wait("there is no such file"),
    };

    private static Judgement Line(ProbeAnswer answer, Verdict otherwise) => answer switch
    {
        ProbeAnswer.Matched matched => Judgement.Pass(matched.Line),
        ProbeAnswer.Unknown unknown => Judgement.Wait(unknown.Why),
        _ => new(otherwise, "nothing matches"),
    };

    private enum Output { IsIgnored, Counts }

    /// <summary>A shell line that prints a number means that number: 1 is yes. Silent, its exit code speaks.</summary>
    private static Judgement Exit(ProbeAnswer answer, Output output) => answer switch
    {
        ProbeAnswer.Exited { Output: var text } when output is Output.Counts && text.Trim() is { Length: > 0 } printed => printed == "1" ? Judgement.Pass() : Judgement.Fail($"it printed {printed.Split('\n')[0]}"),
        ProbeAnswer.Exited { Code: 0 } => Judgement.Pass(),
        ProbeAnswer.Exited exited => Judgement.Fail(string.Create(CultureInfo.InvariantCulture, $"it ended with {exited.Code}")),
        ProbeAnswer.Unknown unknown => Judgement.Wait(unknown.Why),
        _ => Judgement.Wait("it did not answer"),
    };

    /// <summary>A field of the event against what the rule allows; a number written in YAML equals the same number in captured text.</summary>
    public static Judgement Metadata(Condition.Metadata metadata, GateContext context)
    {
        if (context.Fill.Field(metadata.Key) is not { } value) return Judgement.Fail($"the event has no field '{metadata.Key}'");
        return IsWithin(metadata, value) ? Judgement.Pass() : Judgement.Fail($"{metadata.Key} is {value}");
    }

    public static bool IsWithin(Condition.Metadata metadata, string value) => metadata.Within.Any(allowed => Same(allowed, value));

    private static bool Same(FieldValue allowed, string value) =>
        allowed.Text == value || allowed.Type is FieldType.Number && Number(allowed.Text) is { } wanted && Number(value) == wanted;

    private static double? Number(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static Judgement State(Condition.SlurmState state, GateContext context)
    {
        var name = context.Fill.Text(state.Run);
        if (name.Length == 0) name = context.Run.Id.Value;
        if (!context.State.Runs.TryGetValue(name, out var run)) return Judgement.Wait($"there is no run '{name}'");
        return StateWords.Is(run, state.State) ? Judgement.Pass($"{name} is {state.State.Text}") : Judgement.Wait($"{name} is not {state.State.Text}");
    }
}
