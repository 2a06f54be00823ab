using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Vigil.Configuration;

namespace Vigil.Spec;

/// <summary>When this is seen, and that holds, do so. Both spellings of the documents bind to it.</summary>
/// <param name="Name">Unique among the rules of a run.</param>
public sealed record Rule(string Name, Trigger When, ImmutableArray<Binding> Do)
{
    /// <summary>What the event says of the run, in the documents' words; null: nothing. By itself it changes nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public StateWord? Says { get; init; }

    /// <summary>Fields of every event of this rule.</summary>
    public ImmutableSortedDictionary<string, string> Metadata { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Further fields: name → group of the pattern, its number, or <c>match</c>.</summary>
    public ImmutableSortedDictionary<string, string> Extract { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Null: no limit but the run's own budgets.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RuleLimit? Limit { get; init; }

    /// <summary>Where the rule was written, for people: <c>FILE:LINE</c>.</summary>
    public string At { get; init; } = "";

    /// <summary>The same with its column, for diagnostics of the plan; none for a rule out of a journal.</summary>
    [JsonIgnore]
    public SourceSpan Place { get; init; } = SourceSpan.None;
}

/// <summary>One action of a rule with its gate.</summary>
public sealed record Binding(BindingMode Mode, ImmutableArray<Condition> If, RuleAction Action);

/// <summary>How an action is done.</summary>
[JsonConverter(typeof(SnakeCaseJson<BindingMode>))]
public enum BindingMode
{
    /// <summary>As soon as its gate passes.</summary>
    Inline,
    /// <summary>The same; kept from the documents, where only a queued action outlived the program.</summary>
    Queue,
    /// <summary>Put before a person, with its evidence.</summary>
    Ask,
    /// <summary>Only said: its gate is looked at and what would be done is recorded.</summary>
    DryRun,
}

/// <summary>How often a rule may act for one run.</summary>
/// <param name="Every">At most once in so long; null: as often as it fires.</param>
public sealed record RuleLimit(int? Times, TimeSpan? Every);

/// <summary>The rules of a run, shared by all runs that have the same.</summary>
/// <param name="Id">Follows from the content.</param>
public sealed record RuleSet(string Id, ImmutableArray<Rule> Rules)
{
    public static RuleSet None { get; } = new("", []);
}
