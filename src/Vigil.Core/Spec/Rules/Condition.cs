using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Vigil.Spec;

/// <summary>What must hold before an action happens. Looked at again until it passes, fails, or its time is over. Texts hold placeholders.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Always), "always")]
[JsonDerivedType(typeof(MaxAttempts), "max-attempts")]
[JsonDerivedType(typeof(Cooldown), "cooldown")]
[JsonDerivedType(typeof(FileExists), "file-exists")]
[JsonDerivedType(typeof(GlobExists), "glob-exists")]
[JsonDerivedType(typeof(FileContent), "file-content")]
[JsonDerivedType(typeof(Command), "command")]
[JsonDerivedType(typeof(ShellCommand), "shell-command")]
[JsonDerivedType(typeof(Metadata), "metadata")]
[JsonDerivedType(typeof(SlurmState), "slurm-state")]
[JsonDerivedType(typeof(LogTail), "log-tail")]
[JsonDerivedType(typeof(CheckpointWhole), "checkpoint")]
[JsonDerivedType(typeof(Until), "until")]
[JsonDerivedType(typeof(All), "all")]
[JsonDerivedType(typeof(Any), "any")]
[JsonDerivedType(typeof(Negated), "not")]
[JsonDerivedType(typeof(Patient), "patient")]
public abstract record Condition
{
    private Condition() { }

    public sealed record Always : Condition;

    /// <summary>The run has made fewer attempts.</summary>
    public sealed record MaxAttempts(int Max) : Condition;

    /// <summary>The rule's last action for this run is so long ago.</summary>
    public sealed record Cooldown(TimeSpan For) : Condition;

    /// <param name="StableFor">Its size has been the same for so long; null: however it changes.</param>
    /// <param name="MinAge">Since it was last written; null: any.</param>
    public sealed record FileExists(string Path, TimeSpan? StableFor, TimeSpan? MinAge) : Condition;

    /// <param name="Pattern">A path with <c>*</c> and <c>?</c> in its last part.</param>
    public sealed record GlobExists(string Pattern, int MinMatches) : Condition;

    public sealed record FileContent(string Path, LinePattern Pattern) : Condition;

    /// <summary>The program ends with 0.</summary>
    public sealed record Command(ImmutableArray<string> Words) : Condition;

    /// <summary>A line of the user's own shell ends with 0, and prints <c>1</c> where it prints a number.</summary>
    public sealed record ShellCommand(string Line) : Condition;

    /// <summary>A field of the event has one of these values.</summary>
    public sealed record Metadata(string Key, ImmutableArray<FieldValue> Within) : Condition;

    /// <param name="Run">Empty: this run.</param>
    public sealed record SlurmState(string Run, StateWord State) : Condition;

    /// <summary>One of the last lines of a file matches.</summary>
    public sealed record LogTail(string Path, LinePattern Pattern, int TailLines) : Condition;

    /// <summary>A checkpoint is whole: what belongs to it is there, can be read, and nobody writes to it any more.</summary>
    /// <param name="Path">Of its folder or file.</param>
    /// <param name="Run">The run that makes it; empty: whoever does. When it has ended without it, the condition can never pass.</param>
    public sealed record CheckpointWhole(string Path, string Run) : Condition
    {
        /// <summary>Whether what is meant is the best of the run's epochs, known when the run has completed: <see cref="Path"/> is then a link to it, beside the epochs.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
        public bool IsBest { get; init; }
    }

    /// <summary>Holds until so long after it was first looked at.</summary>
    public sealed record Until(TimeSpan For) : Condition;

    public sealed record All(ImmutableArray<Condition> Of) : Condition;

    public sealed record Any(ImmutableArray<Condition> Of) : Condition;

    public sealed record Negated(Condition Of) : Condition;

    /// <summary>Waited for, and failed when it did not pass in time.</summary>
    /// <param name="Every">Between two looks; null: as often as others.</param>
    public sealed record Patient(Condition Of, TimeSpan? Timeout, TimeSpan? Every) : Condition;
}

/// <summary>What a field is compared with. Written as a number in YAML it equals the same number in captured text.</summary>
public readonly record struct FieldValue(string Text, FieldType Type);

/// <summary>How a value was written.</summary>
[JsonConverter(typeof(SnakeCaseJson<FieldType>))]
public enum FieldType { Text, Number }
