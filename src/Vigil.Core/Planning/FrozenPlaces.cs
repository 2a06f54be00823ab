using Vigil.Configuration;
using Vigil.Spec;

namespace Vigil.Planning;

/// <summary>
/// Pins in a frozen configuration what would mean something else where the file lies: the name that the experiment has from its own file, and folders
/// that are counted from a place.
/// </summary>
internal static class FrozenPlaces
{
    public static ConfigNode.Mapping Pin(ConfigNode.Mapping tree, ExperimentHeader experiment, string workDir, string currentFolder)
    {
        tree = Set(tree, "work_dir", workDir);
        if (Given(tree, "name") is null) tree = Set(tree, "name", experiment.Name);
        return Given(tree, "base_output_dir") switch
        {
            null => Set(tree, "base_output_dir", PlaceholderText.Escaped(experiment.Dir)),
            { Text: ['/', ..] } => tree,
            // What an interpolation begins may be absolute already; then the plan's own folder says so.
            { Interpolates: true, Text: ['$', ..] } => tree,
            { Interpolates: true, Text: var text } => Set(tree, "base_output_dir", $"{PlaceholderText.Escaped(currentFolder).TrimEnd('/')}/{text}"),
            _ => Set(tree, "base_output_dir", PlaceholderText.Escaped(experiment.Dir)),
        };
    }

    private static ConfigNode.Scalar? Given(ConfigNode.Mapping tree, string key) => Merging.Find(tree, ["project", key]) is ConfigNode.Scalar { Text.Length: > 0 } scalar && !ScalarValue.IsNull(scalar) ? scalar : null;

    private static ConfigNode.Mapping Set(ConfigNode.Mapping tree, string key, string value) =>
        Merging.Set(tree, ["project", key], tree.At, new ConfigNode.Scalar(tree.At, value, ScalarStyle.Quoted)) as ConfigNode.Mapping ?? tree;
}
