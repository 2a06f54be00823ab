using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Spec;

/// <summary>The words for states of a job: the scheduler's, and the documents' classes of them.</summary>
internal static class States
{
    /// <summary>What a run came to: <c>crash</c> is any failure that is no time-out.</summary>
    public static ImmutableArray<string> Classes { get; } = ["success", "crash", "timeout", "stall"];

    /// <summary>Of a run: it ended where going on by itself could do harm.</summary>
    public static StateWord NeedsPerson { get; } = new("needs_person");

    private static readonly ImmutableArray<string> OfJobs =
    [
        "pending", "configuring", "running", "completing", "suspended", "completed", "failed", "cancelled", "timeout", "out_of_memory", "preempted", "node_fail", "boot_fail", "deadline",
        "requeued", "lost", "needs_person",
    ];

    /// <summary>State classes of the documents: <c>{class_name: CrashState}</c>.</summary>
    private static readonly ImmutableArray<(string Class, string Word)> OfDocuments =
        [("SuccessState", "success"), ("CrashState", "crash"), ("StalledState", "stall"), ("TimeoutState", "timeout"), ("StartedState", "running"), ("PendingState", "pending"), ("UndefinedState", "undefined")];

    public static StateWord Read(RuleKeys keys, string key, string whenAbsent, DiagnosticBag report)
    {
        if (keys.Scalar(key) is not { } scalar) return new(whenAbsent.ToLowerInvariant());
        return Read(scalar, report) ?? new(whenAbsent.ToLowerInvariant());
    }

    /// <summary>Null, with a diagnostic, for a word that no job is ever in.</summary>
    public static StateWord? Read(ConfigNode.Scalar scalar, DiagnosticBag report)
    {
        var word = scalar.Text.ToLowerInvariant();
        if (OfJobs.Contains(word) || Classes.Contains(word)) return new(word);
        report.Error("RUL008", scalar.At, $"'{TextRules.Shorten(scalar.Text, 60)}' is no state of a job", Suggestion.Hint(word, [.. Classes.Union(OfJobs)]));
        return null;
    }

    /// <summary>What an event says of its run: <c>state: {class_name: CrashState}</c>, or the word.</summary>
    public static StateWord? Says(RuleKeys keys, DiagnosticBag report)
    {
        switch (keys.Node("state"))
        {
            case null: return null;
            case ConfigNode.Scalar word: return Read(word, report);
            case ConfigNode.Mapping map when map["class_name"] is ConfigNode.Scalar name:
                foreach (var (known, word) in OfDocuments)
                    if (known == name.Text) return new(map["key"] is ConfigNode.Scalar { Text: { Length: > 0 } own } ? own.ToLowerInvariant() : word);
                report.Error("RUL003", name.At, $"there is no state '{name.Text}'", Suggestion.Hint(name.Text, [.. OfDocuments.Select(static d => d.Class)]));
                return null;
            case { } other:
                keys.Refuse("state", other, "a state such as {class_name: CrashState}");
                return null;
        }
    }
}
