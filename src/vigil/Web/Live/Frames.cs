using System.Text.Json.Serialization;
using Vigil.Web.Runs;

namespace Vigil.Web.Live;

/// <summary>What the server says of its own accord, the same on every way.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "t")]
[JsonDerivedType(typeof(Data), "data")]
[JsonDerivedType(typeof(Gap), "gap")]
[JsonDerivedType(typeof(Rotated), "rotated")]
[JsonDerivedType(typeof(Next), "attempt")]
[JsonDerivedType(typeof(End), "end")]
[JsonDerivedType(typeof(Page), "page")]
[JsonDerivedType(typeof(Run), "run")]
[JsonDerivedType(typeof(Experiments), "experiments")]
[JsonDerivedType(typeof(Trouble), "problem")]
[JsonDerivedType(typeof(Beat), "hb")]
internal abstract record Frame
{
    private Frame() { }

    /// <summary>Bytes of a log. As text where they are one, else in base 64: no byte is lost.</summary>
    public sealed record Data(int Id, string Attempt, string Generation, long Offset, int Length, string? Text, string? Base64) : Frame;

    /// <summary>Bytes that are passed over.</summary>
    /// <param name="Why"><c>slow</c>: the page did not keep up; <c>rotated</c>; <c>gone</c>.</param>
    public sealed record Gap(int Id, string Attempt, string Generation, long From, long To, string Why) : Frame;

    /// <summary>The file was written anew, or is another one; it begins at its beginning.</summary>
    public sealed record Rotated(int Id, string Attempt, string Generation) : Frame;

    /// <summary>The next attempt has begun.</summary>
    public sealed record Next(int Id, string Attempt, string Generation) : Frame;

    /// <summary>The run is over, and all of its log was sent.</summary>
    public sealed record End(int Id, string State) : Frame;

    public sealed record Page(int Id, [property: JsonPropertyName("page")] RunsPage Content) : Frame;
    public sealed record Run(int Id, [property: JsonPropertyName("run")] RunDetail Content) : Frame;
    public sealed record Experiments([property: JsonPropertyName("experiments")] System.Collections.Immutable.ImmutableArray<ExperimentRow> All) : Frame;
    public sealed record Trouble(int? Id, string Problem) : Frame;
    public sealed record Beat(DateTimeOffset Now) : Frame;
}

/// <summary>What a page asks of its socket.</summary>
internal sealed record Asked(string Op, int Id, string? Topic, string? Query, string? Run, string? Attempt, string? Generation, long Offset);
