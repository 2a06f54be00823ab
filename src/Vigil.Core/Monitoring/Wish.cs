using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Monitoring;

/// <summary>What a person asks of the monitor, dropped as a file into <c>inbox/</c>. Its id is the file's name, so it is granted once.</summary>
/// <param name="By">Who asked, such as <c>user:ada</c>.</param>
public sealed record Wish(string Id, string By, DateTimeOffset At, WishContent Content);

[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Cancel), "cancel")]
[JsonDerivedType(typeof(Retry), "retry")]
[JsonDerivedType(typeof(Grow), "grow")]
[JsonDerivedType(typeof(Change), "change")]
[JsonDerivedType(typeof(Approve), "approve")]
public abstract record WishContent
{
    private WishContent() { }

    public sealed record Cancel(ImmutableArray<RunId> Runs) : WishContent;

    /// <summary>Start ended runs again, with a fresh budget of attempts.</summary>
    public sealed record Retry(ImmutableArray<RunId> Runs) : WishContent;

    /// <summary>Hold, release, requeue, or change the jobs of these runs.</summary>
    public sealed record Change(ImmutableArray<RunId> Runs, JobChange To) : WishContent;

    /// <summary>A plan that only adds to what the monitor runs.</summary>
    public sealed record Grow(ExperimentHeader Experiment, ImmutableArray<PlannedRun> Added, ImmutableArray<PlannedRun> Replaced) : WishContent
    {
        /// <summary>The rules that the runs name; null: they name none.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public ImmutableArray<RuleSet>? Rules { get; init; }

        /// <summary>Known runs over which other rules and conditions watch from now on; null: none.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public ImmutableArray<PlannedRun>? Rewatched { get; init; }

        /// <summary>Where notifications go from now on; null: as before.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public ChannelSet? Channels { get; init; }
    }

    /// <summary>An answer to every action of these runs that waits for a person; a yes also tries again what could not be done.</summary>
    public sealed record Approve(ImmutableArray<RunId> Runs, Approval Answer) : WishContent;
}

/// <summary>What a person says to an action that was put before them.</summary>
[JsonConverter(typeof(SnakeCaseJson<Approval>))]
public enum Approval { Yes, No }
