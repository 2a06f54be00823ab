using Vigil.Configuration;

namespace Vigil.Planning;

/// <summary>Refuses references to siblings where runs get their names and folders: those are decided before siblings are known.</summary>
internal static class SiblingPlaces
{
    private static readonly string[] OfProject = ["name", "base_output_dir", "log_path", "log_path_current"];

    /// <param name="tree">Resolved, with references to siblings as text: so they are met wherever they flow.</param>
    public static void Check(ConfigNode.Mapping tree, DiagnosticBag report)
    {
        foreach (var key in OfProject)
            if (Merging.Find(tree, ["project", key]) is ConfigNode.Scalar scalar) Check(scalar, $"project.{key}", report);
        if (tree["stage"] is ConfigNode.Scalar stage) Check(stage, "stage", report);
    }

    private static void Check(ConfigNode.Scalar scalar, string key, DiagnosticBag report)
    {
        if (SiblingScan.Mentions(scalar.Text))
            report.Error("PLN051", scalar.At, $"'{key}' refers to a sibling, and runs get their names and folders before siblings are known", "make it of keys that both runs have");
    }
}
