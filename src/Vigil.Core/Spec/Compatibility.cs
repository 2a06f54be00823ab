using Vigil.Configuration;

namespace Vigil.Spec;

/// <summary><c>project.compat</c>: which other tool's files a run's folder has beside Vigil's own.</summary>
public static class Compatibility
{
    /// <summary><c>training.log</c>, <c>monitor.log</c>, <c>ui_state.json</c> and <c>sample/</c>.</summary>
    public const string FluxGym = "fluxgym";

    /// <summary>None of them, though the backend would bring some.</summary>
    public const string None = "none";

    /// <summary>Null: no other tool's. Left out, it is what the backend brings.</summary>
    internal static string? Of(ExperimentSpec spec, DiagnosticBag report)
    {
        if (spec.Project.Compat is not { } word) return CommandReader.TypeOf(spec.Backend) == "kohya" ? FluxGym : null;
        if (word is FluxGym or None) return word == None ? null : FluxGym;
        var node = Merging.Find(spec.Tree, ["project", "compat"]) ?? spec.Tree;
        report.Error("CFG073", node.At, $"there are no files of '{word}' to be compatible with", Suggestion.Hint(word, [FluxGym, None]));
        return null;
    }
}
