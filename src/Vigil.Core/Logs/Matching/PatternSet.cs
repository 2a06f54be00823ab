using System.Collections.Immutable;
using Vigil.Spec;

namespace Vigil.Logs;

/// <summary>
/// Patterns that are looked for together. The texts that they require are searched for at once over the bytes of a log; a pattern itself is asked
/// only about lines that hold its text. Shared by all logs with the same rules, from any thread.
/// </summary>
public sealed class PatternSet
{
    private const int SampleBytes = 128 << 10, LeastSample = 16 << 10, MostPlans = 6;

    private readonly PatternMatch[] _matches;
    private readonly Literal[] _literals;
    private readonly PatternMatch[][] _uses;   // of each literal: who requires it
    private volatile LiteralPlan _plan;
    private int _plans;                                       // how often the plan was made for the text at hand

    private PatternSet(ImmutableArray<LinePattern> patterns)
    {
        Patterns = patterns;
        _matches = [.. patterns.Select(static (p, number) => new PatternMatch(p, number))];
        var uses = new Dictionary<Literal, List<PatternMatch>>();
        for (var p = 0; p < _matches.Length; p++)
        {
            if (_matches[p].Required is not { } required) { AlwaysAsked = AlwaysAsked.Add(p); continue; }
            foreach (var literal in required)
            {
                if (!uses.TryGetValue(literal, out var of)) uses[literal] = of = [];
                of.Add(_matches[p]);
            }
        }
        _literals = [.. uses.Keys];
        _uses = [.. uses.Values.Select(static u => u.ToArray())];
        _plan = new LiteralPlan(_literals, ByteFrequencies.Usual);
    }

    public ImmutableArray<LinePattern> Patterns { get; }

    /// <summary>The patterns that require no text, and so must be asked about every line.</summary>
    internal ImmutableArray<int> AlwaysAsked { get; } = [];

    internal LiteralPlan Plan => _plan;

    /// <param name="patterns">Each as <see cref="PatternText.Compile(LinePattern, Configuration.SourceSpan, Configuration.DiagnosticBag)"/> has found it good.</param>
    public static PatternSet Of(ImmutableArray<LinePattern> patterns) => new(patterns);

    /// <summary>Adds the patterns that match this line, in ascending order.</summary>
    public void Match(ReadOnlySpan<byte> line, List<int> into)
    {
        var marks = new LineMarks(_matches.Length);
        var found = new List<int>();
        long tried = 0;
        var plan = _plan;
        for (var at = LiteralSearch.Next(plan, line, 0, found, ref tried); at >= 0; at = LiteralSearch.Next(plan, line, at + 1, found, ref tried))
        {
            Mark(found, marks, Proof.Certain);
            found.Clear();
        }
        MarkAlwaysAsked(marks);
        while (marks.TryTake(out var pattern, out var proof))
            if (proof is Proof.Certain || IsMatch(pattern, line)) into.Add(pattern);
    }

    /// <summary>
    /// What the groups of a pattern hold on this line, by number and name; <c>match</c> is the whole match. Empty where it does not match.
    /// A group that took no part is left out.
    /// </summary>
    public ImmutableSortedDictionary<string, string> Groups(int pattern, ReadOnlySpan<byte> line) => _matches[pattern].Groups(line);

    /// <summary>
    /// Makes ready what would else be made at the first line that a pattern is asked about, the engine itself included, on every processor.
    /// Nobody needs to call it; whoever reads a log on several threads had better, since each would wait for the same patterns.
    /// </summary>
    public void Prepare() => Parallel.ForEach(_matches.Where(static m => !m.IsPlain), static match => match.IsMatch(" "u8));

    internal bool IsMatch(int pattern, ReadOnlySpan<byte> line) => _matches[pattern].IsMatch(line);

    /// <summary>Marks the patterns that require one of these literals.</summary>
    internal void Mark(List<int> literals, LineMarks marks, Proof proof)
    {
        foreach (var literal in literals)
            foreach (var pattern in _uses[literal]) marks.Add(pattern.Number, pattern.IsPlain ? proof : Proof.Possible);
    }

    internal void MarkAlwaysAsked(LineMarks marks)
    {
        foreach (var pattern in AlwaysAsked) marks.Add(pattern, Proof.Possible);
    }

    /// <summary>
    /// Chooses the windows by the text at hand when that promises something: at the first long piece of any log, and when too many places pass.
    /// What is found is the same with every plan.
    /// </summary>
    internal LiteralPlan PlanFor(ReadOnlySpan<byte> text, long tried, long bytes)
    {
        var slow = bytes >= SampleBytes && tried > bytes / 200;
        if (_literals.Length == 0 || text.Length < LeastSample || !(Volatile.Read(ref _plans) == 0 || slow && Volatile.Read(ref _plans) < MostPlans)) return _plan;
        if (Interlocked.Increment(ref _plans) <= MostPlans) _plan = new LiteralPlan(_literals, new ByteFrequencies(text[..Math.Min(text.Length, SampleBytes)]));
        return _plan;
    }
}
